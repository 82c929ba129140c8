#pragma once

#include <filesystem>

#include "io/volume_file.h"

namespace voxprior {

/// Reads .nrrd or .mha: our checks of the header and our reading of the voxels, ITK's understanding of orientation and
/// metadata. See read_volume. `one_slice`: see read_volume_or_slice.
Volume read_through_itk(const std::filesystem::path& path, FileFormat format, const ReadOptions& options,
                        bool one_slice = false);

/// Writes .nrrd or .mha with ITK (gzip- or zlib-compressed), reads it back and compares before it gets its final name:
/// ITK reports success on a full disk. These formats have no intensity scale: a volume that has one is written as
/// float32.
WriteReport write_through_itk(const std::filesystem::path& path, FileFormat format, const Volume& volume,
                              const WriteOptions& options);

}  // namespace voxprior
