#pragma once

#include <cstdint>

namespace voxprior {

/// How far a network sees and on which grid it works: what tiling must respect to change nothing.
struct Locality {
  std::int64_t halo = 0;       ///< voxels on each side that an output voxel can depend on; any upper bound will do
  std::int64_t alignment = 1;  ///< every axis of the network's input must be a multiple of this many voxels
};

}  // namespace voxprior
