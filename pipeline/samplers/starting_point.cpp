#include "pipeline/samplers/starting_point.h"

#include <utility>

namespace voxprior {

torch::Tensor starting_point(const Denoiser& denoise, const torch::Tensor& noise, double sigma) {
  return denoise(noise, sigma) + noise;
}

NamedSampler begun_at_mean(NamedSampler sampler) {
  ++sampler.evaluations_at_start;
  sampler.sample = [follow = std::move(sampler.sample)](const Denoiser& denoise, const torch::Tensor& noise,
                                                        const std::vector<double>& sigmas, const StepNoise& step_noise,
                                                        const Progress& progress) {
    return follow(denoise, starting_point(denoise, noise, sigmas.front()), sigmas, step_noise, progress);
  };
  return sampler;
}

}  // namespace voxprior
