#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "io/dicom/scan_source.h"

namespace voxprior {

/// The file meta information (PS3.10 section 7.1) as far as finding and reading the data set needs it.
struct FileMeta {
  bool present = false;
  std::string transfer_syntax_uid;
  std::optional<std::uint64_t> declared_end = {};  ///< byte at which it ends, by its own FileMetaInformationGroupLength
};

/// Reads the file meta group, whether a preamble stands before it or not. A file without one is taken for a bare data
/// set, as old programs wrote them, if its first element says so: implicit or explicit VR, either byte order. Anything
/// else, and a meta group without a transfer syntax, is Error(ExitCode::input) that names `path`. `source` holds the
/// whole file; it is left at the beginning of the data set.
FileMeta read_file_meta(const std::filesystem::path& path, ScanSource& source);

/// Whether `count` bytes from the beginning of a file could be those of a DICOM file; 132 of them are enough.
bool begins_like_dicom(const unsigned char* bytes, std::size_t count);

}  // namespace voxprior
