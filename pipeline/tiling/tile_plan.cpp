#include "pipeline/tiling/tile_plan.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <limits>
#include <sstream>
#include <string>

#include "base/error.h"

namespace voxprior {
namespace {

constexpr std::int64_t kLongestAxis = std::int64_t{1} << 20;  // the product of three of them fits in 63 bits

std::int64_t round_up(std::int64_t value, std::int64_t step) { return (value + step - 1) / step * step; }

/// One tile along one axis.
struct Span {
  std::int64_t input_begin, input_end, core_begin, core_end;
};

std::vector<Span> spans(std::int64_t padded, std::int64_t core, const Locality& locality) {
  // The input must start on the network's grid, so the halo is aligned too.
  const std::int64_t halo = round_up(locality.halo, locality.alignment);
  std::vector<Span> result;
  for (std::int64_t begin = 0; begin < padded; begin += core) {
    const std::int64_t end = std::min(begin + core, padded);
    result.push_back({std::max<std::int64_t>(begin - halo, 0), std::min(end + halo, padded), begin, end});
  }
  return result;
}

/// A way to cut one axis: what it costs in time and in memory.
struct AxisCut {
  std::int64_t core;
  std::int64_t computed = 0;  ///< sum of the input lengths
  std::int64_t longest = 0;   ///< largest input length
};

AxisCut cut_axis(std::int64_t padded, std::int64_t core, const Locality& locality) {
  AxisCut cut{core};
  for (const Span& span : spans(padded, core, locality)) {
    cut.computed += span.input_end - span.input_begin;
    cut.longest = std::max(cut.longest, span.input_end - span.input_begin);
  }
  return cut;
}

/// The cuts worth considering: for each number of tiles the smallest core, which is also the shortest input.
std::vector<AxisCut> axis_cuts(std::int64_t padded, const Locality& locality) {
  const std::int64_t cells = padded / locality.alignment;
  std::vector<AxisCut> cuts;
  for (std::int64_t tiles = 1; tiles <= cells; ++tiles) {
    const std::int64_t core = (cells + tiles - 1) / tiles * locality.alignment;
    if (cuts.empty() || cuts.back().core != core) cuts.push_back(cut_axis(padded, core, locality));
  }
  return cuts;
}

Extent padded_extent(const Extent& volume, const Locality& locality) {
  TORCH_CHECK(locality.halo >= 0 && locality.alignment >= 1, "a locality has halo >= 0 and alignment >= 1");
  Extent padded{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    TORCH_CHECK(volume[axis] >= 1 && volume[axis] <= kLongestAxis, "cannot tile an axis of ", volume[axis], " voxels");
    padded[axis] = round_up(volume[axis], locality.alignment);
  }
  return padded;
}

std::string gigabytes(double bytes) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(2) << bytes / 1e9 << " GB";
  return text.str();
}

}  // namespace

std::int64_t voxel_count(const Extent& extent) { return extent[0] * extent[1] * extent[2]; }

std::vector<Tile> TilePlan::tiles() const {
  std::vector<Tile> result;
  for (const Span& d : spans(padded[0], core[0], locality))
    for (const Span& h : spans(padded[1], core[1], locality))
      for (const Span& w : spans(padded[2], core[2], locality))
        result.push_back({{d.input_begin, h.input_begin, w.input_begin},
                          {d.input_end, h.input_end, w.input_end},
                          {d.core_begin, h.core_begin, w.core_begin},
                          {d.core_end, h.core_end, w.core_end}});
  return result;
}

std::int64_t TilePlan::computed_voxels() const {
  std::int64_t product = 1;  // every combination of the three axes is a tile
  for (std::size_t axis = 0; axis < 3; ++axis) product *= cut_axis(padded[axis], core[axis], locality).computed;
  return product;
}

Extent TilePlan::largest_input() const {
  Extent largest{};
  for (std::size_t axis = 0; axis < 3; ++axis) largest[axis] = cut_axis(padded[axis], core[axis], locality).longest;
  return largest;
}

TilePlan plan_tiles_of(const Extent& volume, const Locality& locality, const Extent& core) {
  TilePlan plan{volume, padded_extent(volume, locality), {}, locality};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    TORCH_CHECK(core[axis] >= 1, "a tile of ", core[axis], " voxels");
    plan.core[axis] = std::min(round_up(std::min(core[axis], kLongestAxis), locality.alignment), plan.padded[axis]);
  }
  return plan;
}

TilePlan plan_tiles(const Extent& volume, const Locality& locality, double network_bytes_per_voxel,
                    double memory_budget_bytes) {
  TORCH_CHECK(network_bytes_per_voxel > 0, "a network that needs no memory");
  TilePlan best = plan_tiles_of(volume, locality, {1, 1, 1});
  const double smallest_bytes = estimate_memory(best, network_bytes_per_voxel);
  if (!(smallest_bytes <= memory_budget_bytes))
    fail(ExitCode::resources, "a volume of ", volume[0], "x", volume[1], "x", volume[2], " voxels needs ",
         gigabytes(smallest_bytes), " (", std::llround(smallest_bytes), " bytes) even in the smallest tiles, but ",
         gigabytes(memory_budget_bytes), " are allowed; allow more memory");

  double fewest = std::numeric_limits<double>::infinity();
  const double free_voxels =
      std::max(0.0, memory_budget_bytes - 2.0 * sizeof(float) * voxel_count(volume)) / network_bytes_per_voxel;
  const std::vector<AxisCut> d_cuts = axis_cuts(best.padded[0], locality), h_cuts = axis_cuts(best.padded[1], locality),
                             w_cuts = axis_cuts(best.padded[2], locality);
  for (const AxisCut& d : d_cuts)
    for (const AxisCut& h : h_cuts)
      for (const AxisCut& w : w_cuts) {
        const double largest = static_cast<double>(d.longest) * h.longest * w.longest;
        const double computed = static_cast<double>(d.computed) * h.computed * w.computed;
        if (largest > free_voxels || computed >= fewest) continue;
        fewest = computed;
        best.core = {d.core, h.core, w.core};
      }
  return best;
}

double estimate_memory(const TilePlan& plan, double network_bytes_per_voxel) {
  return 2.0 * sizeof(float) * voxel_count(plan.volume) + network_bytes_per_voxel * voxel_count(plan.largest_input());
}

}  // namespace voxprior
