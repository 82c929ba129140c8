#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "io/volume_file.h"

namespace voxprior::nifti {

/// Reads a NIfTI-1 or NIfTI-2 file of either byte order, compressed if its name ends in .gz; see read_volume.
/// `one_slice`: see read_volume_or_slice.
Volume read(const std::filesystem::path& path, const ReadOptions& options, bool one_slice = false);

/// Length of the fourth axis; see count_volumes in io/volume_file.h.
std::int64_t count_volumes(const std::filesystem::path& path);

/// Writes NIfTI; see write_volume. With a native header in `volume.stored`, that header's version, byte order and
/// extensions; else NIfTI-1, or NIfTI-2 where a size does not fit. Compressed if the name ends in .gz.
WriteReport write(const std::filesystem::path& path, const Volume& volume, const WriteOptions& options);

/// What write() would put into a .nii.gz file, for pages that hold volumes.
std::string gzip_bytes(const Volume& volume);

}  // namespace voxprior::nifti
