#pragma once

#include <array>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "workflows/report/shown_volume.h"

namespace voxprior {

/// What the viewer's script reads, and what it holds in words.
struct ViewerVolumes {
  nlohmann::ordered_json json;  ///< {"volumes": [{role, title, base64, colours, low, high}], "palettes": {name: ...}}
  std::string made;             ///< e.g. "a copy: cut to the object, every voxel, 8 bit"
};

/// The part of a grid where there is something to see.
struct VoxelBox {
  std::array<std::int64_t, 3> first{}, size{};
};

/// The box around the voxels of `volume` above `threshold`, and 4 voxels more on every side; single bright voxels far
/// off do not widen it. The whole grid where nothing is above.
VoxelBox box_around(const Volume& volume, double threshold);

/// The values nearest to the points of a grid that covers `box` with voxels of at least `spacing_mm`: no averages,
/// which would make noise look weaker than it is. `spacing_mm` 0 keeps every voxel.
Volume picked(const Volume& volume, const VoxelBox& box, double spacing_mm);

/// Copies of 8 bits cut to the object, with voxels as small as fits into `most_bytes` as base64.
ViewerVolumes small_copies(const std::vector<ShownVolume>& volumes, std::size_t most_bytes);

/// The volumes as they are, voxels and type.
ViewerVolumes full_copies(const std::vector<ShownVolume>& volumes);

}  // namespace voxprior
