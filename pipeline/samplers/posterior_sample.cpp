#include "pipeline/samplers/posterior_sample.h"

#include <torch/types.h>

#include <vector>

#include "pipeline/samplers/dpm_solver_2m_sde.h"
#include "pipeline/samplers/schedule.h"
#include "pipeline/samplers/step_noise.h"

namespace voxprior {
namespace {

constexpr double kLastShare = 0.05;  // what D removes at once in the end: 1 % of a spread that is 0.35 sigma

}  // namespace

torch::Tensor posterior_sample(const Denoiser& denoise, const torch::Tensor& noisy, const torch::Tensor& sigma,
                               int steps, std::uint64_t seed, const NoiseColour& colour, const Progress& progress) {
  TORCH_CHECK(steps >= 2, "a posterior sample takes 2 steps or more, not ", steps);
  std::vector<std::uint64_t> seeds;
  for (std::int64_t n = 0; n < noisy.size(0); ++n) seeds.push_back(seed + static_cast<std::uint64_t>(n));
  const StepNoise white = step_noise(std::move(seeds));
  const StepNoise noise = [&](const torch::Tensor& like, std::uint64_t index) {
    const torch::Tensor drawn = white(like, index);
    return sigma * (colour ? colour(drawn) : drawn);
  };
  return sample_dpm_solver_2m_sde(denoise, noisy, log_uniform_schedule(steps, kLastShare, 1), noise, progress);
}

}  // namespace voxprior
