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

void check(const OFCondition& condition) {
  if (condition.bad()) fail(ExitCode::bug, "a DICOM instance could not be encoded: ", condition.text());
}

void fill_meta_header(DcmFileFormat& file) {
  check(file.validateMetaInfo(kSyntax, EWM_createNewMeta));
  DcmMetaInfo& meta = *file.getMetaInfo();  // which now says that DCMTK wrote it
  set_text(meta, DCM_ImplementationClassUID, uid_from_name("voxprior: ImplementationClassUID"));
  set_text(meta, DCM_ImplementationVersionName, std::string("VOXPRIOR_") + version());
  check(meta.computeGroupLengthAndPadding(EGL_recalcGL, EPD_noChange, META_HEADER_DEFAULT_TRANSFERSYNTAX,
                                          EET_ExplicitLength));
}

/// The two parts are written one by one: DcmFileFormat would put DCMTK's name back into the meta header.
template <typename Part>
void append(Part& part, std::string& bytes) {
  std::vector<char> block(1 << 20);
  DcmOutputBufferStream stream(block.data(), static_cast<offile_off_t>(block.size()));
  DcmWriteCache cache;
  part.transferInit();
  OFCondition condition;
  do {
    condition = part.write(stream, kSyntax, EET_ExplicitLength, &cache);
    if (condition.bad() && condition != EC_StreamNotifyClient) check(condition);
    void* filled = nullptr;
    offile_off_t count = 0;
    stream.flushBuffer(filled, count);
    bytes.append(static_cast<const char*>(filled), static_cast<std::size_t>(count));
  } while (condition == EC_StreamNotifyClient);
  part.transferEnd();
}

}  // namespace

std::string instance_bytes(const DcmDataset& dataset) {
  DcmFileFormat file(const_cast<DcmDataset*>(&dataset), OFTrue);  // copied: the parameter lacks a const, no more
  fill_meta_header(file);

  std::string bytes;
  append(*file.getMetaInfo(), bytes);
  check(
      file.getDataset()->computeGroupLengthAndPadding(EGL_withoutGL, EPD_withoutPadding, kSyntax, EET_ExplicitLength));
  append(*file.getDataset(), bytes);
  return bytes;
}

}  // namespace voxprior
