#pragma once

#include "workflows/volume_set.h"

namespace voxprior {

/// Draws up to eight volumes of two sets, real ones on the left and synthetic ones on the right, each in three planes,
/// and writes a PNG. All volumes are of `reader`'s grid.
void write_set_preview(const std::filesystem::path& path, const std::vector<std::filesystem::path>& real,
                       const std::vector<std::filesystem::path>& synthetic, ComparableVolumes& reader,
                       Overwrite overwrite);

}  // namespace voxprior
