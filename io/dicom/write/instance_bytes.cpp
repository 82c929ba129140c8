#include "io/dicom/write/instance_bytes.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcfilefo.h>
#include <dcmtk/dcmdata/dcmetinf.h>
#include <dcmtk/dcmdata/dcostrmb.h>
#include <dcmtk/dcmdata/dcwcache.h>

#include <vector>

#include "base/error.h"
#include "base/version.h"
#include "io/dicom/uid.h"
#include "io/dicom/write/edit_attributes.h"

namespace voxprior {
namespace {

constexpr E_TransferSyntax kSyntax = EXS_LittleEndianExplicit;

void fill_meta_header(DcmFileFormat& file) {
  DcmMetaInfo& meta = *file.getMetaInfo();
  set_text(meta, DCM_MediaStorageSOPClassUID, raw_text(*file.getDataset(), DCM_SOPClassUID));
  set_text(meta, DCM_MediaStorageSOPInstanceUID, raw_text(*file.getDataset(), DCM_SOPInstanceUID));
  set_text(meta, DCM_TransferSyntaxUID, DcmXfer(kSyntax).getXferID());
  set_text(meta, DCM_ImplementationClassUID, uid_from_name("voxprior: ImplementationClassUID"));
  set_text(meta, DCM_ImplementationVersionName, std::string("VOXPRIOR_") + version());
}

void check(const OFCondition& condition) {
  if (condition.bad()) fail(ExitCode::bug, "a DICOM instance could not be encoded: ", condition.text());
}

}  // namespace

std::string instance_bytes(const DcmDataset& dataset) {
  DcmFileFormat file(const_cast<DcmDataset*>(&dataset), OFTrue);  // copied: the parameter lacks a const, no more
  fill_meta_header(file);
  check(file.validateMetaInfo(kSyntax, EWM_fileformat));

  std::string bytes;
  std::vector<char> block(1 << 20);
  DcmOutputBufferStream stream(block.data(), static_cast<offile_off_t>(block.size()));
  DcmWriteCache cache;
  file.transferInit();
  OFCondition condition;
  do {
    condition = file.write(stream, kSyntax, EET_ExplicitLength, &cache, EGL_withoutGL, EPD_withoutPadding, 0, 0, 0,
                           EWM_dontUpdateMeta);
    if (condition.bad() && condition != EC_StreamNotifyClient) check(condition);
    void* filled = nullptr;
    offile_off_t count = 0;
    stream.flushBuffer(filled, count);
    bytes.append(static_cast<const char*>(filled), static_cast<std::size_t>(count));
  } while (condition == EC_StreamNotifyClient);
  file.transferEnd();
  return bytes;
}

}  // namespace voxprior
