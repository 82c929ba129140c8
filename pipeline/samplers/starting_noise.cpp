#include "pipeline/samplers/starting_noise.h"

#include <torch/types.h>

#include "pipeline/noise/random.h"

namespace voxprior {
namespace {

constexpr std::uint64_t kStartingNoiseStream = 0;  // of a sample's seed; other uses of the seed take other streams

}  // namespace

torch::Tensor starting_noise(const std::vector<std::uint64_t>& seeds, const std::vector<std::int64_t>& shape,
                             double sigma_max) {
  TORCH_CHECK(shape.size() == 4, "starting noise needs [C,D,H,W], got ", shape);
  std::vector<torch::Tensor> samples;
  for (const std::uint64_t seed : seeds) {
    torch::Tensor sample = torch::empty(shape, torch::kFloat32);
    fill_gaussian(sample.data_ptr<float>(), static_cast<std::size_t>(sample.numel()), seed, kStartingNoiseStream);
    samples.push_back(sample);
  }
  TORCH_CHECK(!samples.empty(), "starting noise needs a seed");
  return torch::stack(samples).mul_(sigma_max);
}

}  // namespace voxprior
