#pragma once

#include <cstdint>
#include <filesystem>

#include "io/stream/input_stream.h"
#include "io/volume_file.h"
#include "io/voxel_codec.h"

namespace voxprior {

/// Which of several 3D volumes that follow one another in a file.
struct VolumeInFile {
  std::int64_t index = 0;
  std::int64_t count = 1;
};

/// Fills volume.voxels (of volume.geometry.size) from a stream that must hold exactly `which.count` volumes, no byte
/// less or more; adds notices on rounded and replaced voxels. Checks what the stream can hold before allocating.
void read_voxels(const std::filesystem::path& path, InputStream& stream, const VoxelCoding& coding, VolumeInFile which,
                 Nonfinite nonfinite, Volume& volume);

/// Applies the choice for NaN and infinite voxels and adds the notices that `counts` calls for.
void settle_counts(const std::filesystem::path& path, const DecodeCounts& counts, Nonfinite nonfinite, Volume& volume);

/// volume.voxels for `volume.geometry`, or Error(ExitCode::resources).
void allocate_voxels(const std::filesystem::path& path, Volume& volume);

}  // namespace voxprior
