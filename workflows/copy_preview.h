#pragma once

#include "workflows/volume_set.h"

namespace voxprior {

/// A sample, the training volume that it is nearest to, and how that one is moved onto it.
struct CopyPair {
  std::filesystem::path sample, training;
  std::array<std::int64_t, 3> shift{};  ///< voxels along i, j, k
  bool mirrored = false;                ///< the sample in a mirror lies on the moved training volume
};

/// Voxels of `training` where they lie on the sample; 0 where it has none.
Image moved_onto_sample(const Image& training, const CopyPair& pair, int mirror_axis);

/// Draws the pairs side by side, each as three columns (sample, training volume moved onto it, difference) and three
/// planes, and writes a PNG. All volumes are of `reader`'s grid.
void write_copy_preview(const std::filesystem::path& path, const std::vector<CopyPair>& pairs, int mirror_axis,
                        ComparableVolumes& reader, Overwrite overwrite);

}  // namespace voxprior
