#pragma once

#include <filesystem>

#include "io/stream/output_stream.h"
#include "io/volume_file.h"
#include "io/voxel_codec.h"

namespace voxprior {

/// Encodes all voxels into `stream`. Throws Error(ExitCode::output), naming `path`, if a voxel is NaN or infinite.
WriteReport write_voxels(const std::filesystem::path& path, const Volume& volume, const VoxelCoding& coding,
                         OutputStream& stream);

/// Refuses to write a volume that no file can hold: voxels and size disagree, spacing not positive, scale 0 or not
/// finite. Throws Error(ExitCode::bug): the program made it.
void check_consistent(const std::filesystem::path& path, const Volume& volume);

}  // namespace voxprior
