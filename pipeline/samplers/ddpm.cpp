#include "pipeline/samplers/ddpm.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>
#include <functional>
#include <utility>

#include "pipeline/samplers/steps.h"
#include "pipeline/wavelet/haar.h"

namespace voxprior {

namespace {

/// Noise [N,C,D,H,W] with the spread of the step between two levels.
using Spread = std::function<torch::Tensor(const torch::Tensor& noise, double from, double to)>;

torch::Tensor ancestral(const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas,
                        const StepNoise& noise, const Progress& progress, const Spread& spread) {
  check_falling(sigmas);
  const torch::NoGradGuard no_grad;
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double from = sigmas[i], to = sigmas[i + 1], keep = (to / from) * (to / from);
    x = keep * x + (1 - keep) * denoise(x, from);
    if (to > 0) x = x + spread(noise(x, i), from, to);
    report_step(progress, i, sigmas);
  }
  return x;
}

}  // namespace

torch::Tensor sample_ddpm(const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas,
                          const StepNoise& noise, const Progress& progress, const ReverseVariance& variance) {
  return ancestral(denoise, std::move(x), sigmas, noise, progress,
                   [&](const torch::Tensor& n, double from, double to) { return std::sqrt(variance(from, to)) * n; });
}

torch::Tensor sample_ddpm_by_band(const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas,
                                  const StepNoise& noise, const Progress& progress, const BandErrors& errors) {
  return ancestral(denoise, std::move(x), sigmas, noise, progress, [&](const torch::Tensor& n, double from, double to) {
    const torch::Tensor std = band_variance_of_step(errors, from, to).sqrt().to(n.options());
    return haar_inverse(haar_forward(n) * std.view({1, -1, 1, 1, 1}));
  });
}

}  // namespace voxprior
