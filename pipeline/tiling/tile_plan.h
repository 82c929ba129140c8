#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "pipeline/tiling/locality.h"

namespace voxprior {

/// Voxels along D, H and W.
using Extent = std::array<std::int64_t, 3>;

std::int64_t voxel_count(const Extent& extent);

/// One evaluation of the network: it reads [input_begin, input_end), and of its result [core_begin, core_end) is kept.
/// Positions count from the first voxel of the volume and may pass its far end, where the volume is padded.
struct Tile {
  Extent input_begin{}, input_end{};
  Extent core_begin{}, core_end{};
};

/// How a volume is cut. The cores are aligned and cover the padded volume without overlap; an input is its core and the
/// halo around it, cut at the borders of the padded volume, where the network's zero padding belongs.
struct TilePlan {
  Extent volume{};  ///< size of the volume
  Extent padded{};  ///< its axes rounded up to the alignment: what the network would see in one piece
  Extent core{};    ///< size of a core; the last one of an axis may be smaller
  Locality locality;

  std::vector<Tile> tiles() const;
  std::int64_t computed_voxels() const;  ///< over all inputs: what the time is proportional to
  Extent largest_input() const;          ///< per axis: what the memory is proportional to
};

/// Cores of the given size, rounded up to the alignment and down to the padded volume.
TilePlan plan_tiles_of(const Extent& volume, const Locality& locality, const Extent& core);

/// The plan with the fewest computed voxels whose estimated memory fits in `memory_budget_bytes`.
/// `network_bytes_per_voxel` is what one evaluation holds at its peak, its input and output included.
/// Throws Error(ExitCode::resources) that names the bytes needed if even the smallest tiles do not fit.
TilePlan plan_tiles(const Extent& volume, const Locality& locality, double network_bytes_per_voxel,
                    double memory_budget_bytes);

/// Bytes that a tiled evaluation holds: the volume, the result (both float32), and one evaluation of the largest tile.
double estimate_memory(const TilePlan& plan, double network_bytes_per_voxel);

}  // namespace voxprior
