#include "pipeline/tiling/tiled.h"

#include <torch/torch.h>

#include <algorithm>

namespace voxprior {
namespace {

constexpr std::size_t kFirstSpatialAxis = 2;  // of [N,C,D,H,W]

/// Positions begin .. end-1 of an axis of `size` voxels that is continued by reflection.
torch::Tensor reflected_positions(std::int64_t begin, std::int64_t end, std::int64_t size, torch::Device device) {
  const torch::Tensor phase = torch::arange(begin, end, torch::kInt64).remainder(2 * size);
  return torch::min(phase, 2 * size - 1 - phase).to(device);
}

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

}  // namespace

torch::Tensor denoise_in_tiles(const Denoiser& network, const torch::Tensor& x, double sigma, const TilePlan& plan,
                               const Progress& progress) {
  TORCH_CHECK(extent_of(x) == plan.volume, "a plan for another size than ", x.sizes());
  const torch::NoGradGuard no_grad;
  const std::vector<Tile> tiles = plan.tiles();
  const double all_voxels = static_cast<double>(plan.computed_voxels()) * static_cast<double>(x.size(0));
  double done_voxels = 0;

  torch::Tensor output = torch::empty(x.sizes(), x.options());
  for (std::int64_t sample = 0; sample < x.size(0); ++sample)
    for (const Tile& tile : tiles) {
      const torch::Tensor input = read_input(x.narrow(0, sample, 1), tile);
      const torch::Tensor result = network(input, sigma);
      TORCH_CHECK(result.sizes() == input.sizes(), "the network made ", result.sizes(), " of ", input.sizes());
      keep_core(result, output.narrow(0, sample, 1), tile);
      done_voxels += static_cast<double>(input[0][0].numel());
      if (progress) progress(done_voxels / all_voxels);
    }
  return output;
}

Denoiser tiled(Denoiser network, Locality locality, double network_bytes_per_voxel, double memory_budget_bytes,
               Progress progress) {
  return [=](const torch::Tensor& x, double sigma) {
    const TilePlan plan = plan_tiles(extent_of(x), locality, network_bytes_per_voxel, memory_budget_bytes);
    return denoise_in_tiles(network, x, sigma, plan, progress);
  };
}

}  // namespace voxprior
