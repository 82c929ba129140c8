#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "io/dicom/input_file.h"
#include "io/dicom/limits.h"

namespace voxprior {

/// Consecutive bytes of a file.
struct ByteRange {
  std::uint64_t offset = 0, count = 0;
};

/// What the bytes of a DICOM file say of how it must be parsed.
struct DicomStructure {
  std::string transfer_syntax_uid;  ///< of the data set; told from its first bytes when there is no file meta group
  bool has_file_meta = false;
  std::optional<ByteRange> native_pixels;  ///< where PixelData lies in the file; none if there is none, if it is
                                           ///< compressed or deflated, or if pixels of another kind stand beside it
  FileStamp file;                          ///< of the file that all this was said of
};

/// Walks all elements of a DICOM file (PS3.5 section 7, PS3.10 section 7) without recursion and without holding values,
/// so that what DCMTK is given afterwards can neither overflow its stack nor make it allocate what the file does not
/// hold. Refused, as Error(ExitCode::input): lengths that exceed their container or the file, sequences nested deeper
/// than limits.max_depth, value representations that DICOM does not have, more pixels than limits.max_voxels, pixel
/// data too short for its image, deflate bombs.
DicomStructure prescan_dicom(const std::filesystem::path& path, const DicomLimits& limits);

}  // namespace voxprior
