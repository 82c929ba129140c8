#pragma once

#include <filesystem>

#include "io/volume_file.h"

namespace voxprior {

/// read_volume(), which refuses volumes one voxel thick, for those who can work on a single slice: that is not refused.
Volume read_volume_or_slice(const std::filesystem::path& path, const ReadOptions& options = {});

}  // namespace voxprior
