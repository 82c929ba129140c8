#include "io/dicom/dataset.h"

#include <dcmtk/dcmdata/dcdict.h>
#include <dcmtk/dcmdata/dcxfer.h>
#include <dcmtk/oflog/oflog.h>

#include <array>
#include <fstream>
#include <utility>

#include "base/error.h"
#include "io/dicom/file_meta.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

const DcmTagKey kFirstPixelElement(0x7fe0, 0x0001), kNoElement(0xffff, 0xffff);

/// DCMTK's log quotes element values, which may be a patient's; what matters of it is in our own messages.
bool silence_dcmtk_log() {
  OFLog::configure(OFLogger::OFF_LOG_LEVEL);
  return true;
}

void prepare_dcmtk() {
  static const bool silent = silence_dcmtk_log();
  static_cast<void>(silent);
  if (!dcmDataDict.isDictionaryLoaded())
    fail(ExitCode::resources, "DCMTK's data dictionary is missing; install DCMTK again or set DCMDICTPATH");
}

}  // namespace

CheckedDicom check_and_load_dicom(const fs::path& path, PixelLoading pixels, const DicomLimits& limits) {
  prepare_dcmtk();
  DicomStructure structure = prescan_dicom(path, limits);
  // A transfer syntax that DCMTK does not know is encapsulated, thus explicit little endian around the pixel data.
  // For such files DCMTK finds the file meta group only when left to look for it.
  const DcmXfer known(structure.transfer_syntax_uid.c_str());
  const E_TransferSyntax syntax = known.getXfer() == EXS_Unknown ? EXS_LittleEndianExplicit : known.getXfer();

  auto file = std::make_unique<DcmFileFormat>();
  const OFCondition status = file->loadFileUntilTag(OFFilename(path.c_str()), syntax, EGL_noChange, DCM_MaxReadLength,
                                                    structure.has_file_meta ? ERM_autoDetect : ERM_dataset,
                                                    pixels == PixelLoading::skip ? kFirstPixelElement : kNoElement);
  if (status.bad())
    fail(ExitCode::input, path, ": cannot be parsed as DICOM (", status.text(), "); copy or export the file again");
  return {std::move(structure), std::move(file)};
}

std::unique_ptr<DcmFileFormat> load_dicom(const fs::path& path, PixelLoading pixels, const DicomLimits& limits) {
  return check_and_load_dicom(path, pixels, limits).file;
}

bool looks_like_dicom(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, 132> bytes{};
  file.read(bytes.data(), bytes.size());
  return begins_like_dicom(reinterpret_cast<const unsigned char*>(bytes.data()),
                           static_cast<std::size_t>(file.gcount()));
}

}  // namespace voxprior
