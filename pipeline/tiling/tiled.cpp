#include "pipeline/tiling/tiled.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>

#include "pipeline/core/reflection.h"

namespace voxprior {
namespace {

constexpr std::size_t kFirstSpatialAxis = 2;  // of [N,C,D,H,W]

torch::Tensor read_input(const torch::Tensor& x, const Tile& tile) {
  torch::Tensor input = x;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::int64_t dimension = static_cast<std::int64_t>(kFirstSpatialAxis + axis), size = x.size(dimension);
    const std::int64_t begin = tile.input_begin[axis], end = tile.input_end[axis];
    input = end <= size ? input.narrow(dimension, begin, end - begin)
                        : input.index_select(dimension, reflected_positions(begin, end, size, x.device()));
  }
  return input.contiguous();
}

void keep_core(torch::Tensor result, torch::Tensor output, const Tile& tile) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::int64_t dimension = static_cast<std::int64_t>(kFirstSpatialAxis + axis);
    const std::int64_t begin = tile.core_begin[axis];
    const std::int64_t length = std::min(tile.core_end[axis], output.size(dimension)) - begin;
    output = output.narrow(dimension, begin, length);
    result = result.narrow(dimension, begin - tile.input_begin[axis], length);
  }
  output.copy_(result);
}

Extent extent_of(const torch::Tensor& x) {
  TORCH_CHECK(x.dim() == 5, "tiles are cut out of [N,C,D,H,W], got ", x.sizes());
  return {x.size(2), x.size(3), x.size(4)};
}

/// The tile on a grid whose voxels are `shrink` times as long.
Tile shrunk(Tile tile, std::int64_t shrink) {
  for (Extent* position : {&tile.input_begin, &tile.input_end, &tile.core_begin, &tile.core_end})
    for (std::int64_t& along_axis : *position) along_axis /= shrink;
  return tile;
}

/// [N,channels,...] on the plan's grid, its voxels `shrink` times as long.
torch::Tensor empty_output(const TilePlan& plan, std::int64_t shrink, const torch::Tensor& x,
                           const torch::Tensor& like) {
  std::vector<std::int64_t> size{x.size(0), like.size(1)};
  for (const std::int64_t side : plan.volume) size.push_back(side / shrink);
  return torch::empty(size, like.options());
}

/// The common part: a network that keeps the grid may see a padded volume, one that changes it may not.
torch::Tensor in_tiles(const std::function<torch::Tensor(const torch::Tensor&)>& network, const torch::Tensor& x,
                       const TilePlan& plan, const GridChange& change, const Progress& progress) {
  const torch::NoGradGuard no_grad;
  const std::vector<Tile> tiles = plan.tiles();
  const double all_voxels = static_cast<double>(plan.computed_voxels()) * static_cast<double>(x.size(0));
  double done_voxels = 0;

  torch::Tensor output;
  for (std::int64_t sample = 0; sample < x.size(0); ++sample)
    for (const Tile& tile : tiles) {
      const torch::Tensor input = read_input(x.narrow(0, sample, 1), shrunk(tile, change.input_shrink));
      const torch::Tensor result = network(input);
      if (!output.defined()) output = empty_output(plan, change.output_shrink, x, result);
      keep_core(result, output.narrow(0, sample, 1), shrunk(tile, change.output_shrink));
      Extent extent{};
      for (std::size_t axis = 0; axis < 3; ++axis) extent[axis] = tile.input_end[axis] - tile.input_begin[axis];
      done_voxels += static_cast<double>(voxel_count(extent));
      if (progress) progress(done_voxels / all_voxels);
    }
  return output;
}

}  // namespace

torch::Tensor denoise_in_tiles(const Denoiser& network, const torch::Tensor& x, double sigma, const TilePlan& plan,
                               const Progress& progress) {
  TORCH_CHECK(extent_of(x) == plan.volume, "a plan for another size than ", x.sizes());
  const auto at_sigma = [&](const torch::Tensor& input) {
    torch::Tensor result = network(input, sigma);
    TORCH_CHECK(result.sizes() == input.sizes(), "the network made ", result.sizes(), " of ", input.sizes());
    return result;
  };
  return in_tiles(at_sigma, x, plan, {}, progress);
}

torch::Tensor evaluate_in_tiles(const std::function<torch::Tensor(const torch::Tensor&)>& network,
                                const torch::Tensor& x, const TilePlan& plan, const GridChange& change,
                                const Progress& progress) {
  TORCH_CHECK(plan.volume == plan.padded, "a network that changes the grid cannot be given a padded volume");
  for (const std::int64_t shrink : {change.input_shrink, change.output_shrink})
    TORCH_CHECK(plan.locality.alignment % shrink == 0, "tiles are not aligned to a grid ", shrink, " times as coarse");
  Extent given = extent_of(x);
  for (std::int64_t& side : given) side *= change.input_shrink;
  TORCH_CHECK(given == plan.volume, "a plan for another size than ", x.sizes());
  const auto checked = [&](const torch::Tensor& input) {
    torch::Tensor result = network(input);
    for (std::int64_t axis = 2; axis < 5; ++axis)
      TORCH_CHECK(result.size(axis) * change.output_shrink == input.size(axis) * change.input_shrink,
                  "the network made ", result.sizes(), " of ", input.sizes());
    return result;
  };
  return in_tiles(checked, x, plan, change, progress);
}

Denoiser tiled(Denoiser network, Locality locality, double network_bytes_per_voxel, double memory_budget_bytes,
               Progress progress) {
  return [=](const torch::Tensor& x, double sigma) {
    const TilePlan plan = plan_tiles(extent_of(x), locality, network_bytes_per_voxel, memory_budget_bytes);
    return denoise_in_tiles(network, x, sigma, plan, progress);
  };
}

}  // namespace voxprior
