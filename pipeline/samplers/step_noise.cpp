#include "pipeline/samplers/step_noise.h"

#include <torch/types.h>

#include "pipeline/noise/random.h"

namespace voxprior {

StepNoise step_noise(std::vector<std::uint64_t> seeds) {
  return [seeds = std::move(seeds)](const torch::Tensor& like, std::uint64_t index) {
    TORCH_CHECK(like.dim() >= 2 && like.size(0) == static_cast<std::int64_t>(seeds.size()), "step noise has ",
                seeds.size(), " seeds for samples ", like.sizes());
    torch::Tensor noise = torch::empty(like.sizes(), torch::kFloat32);
    const auto per_sample = static_cast<std::size_t>(like.numel() / like.size(0));
    for (std::size_t n = 0; n < seeds.size(); ++n)
      fill_gaussian(noise.data_ptr<float>() + n * per_sample, per_sample, seeds[n], index + 1);
    return noise.to(like.options());
  };
}

}  // namespace voxprior
