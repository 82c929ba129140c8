#include "pipeline/reconstruction/dps.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>

#include "pipeline/reconstruction/denoiser_jacobian.h"
#include "pipeline/reconstruction/denoiser_levels.h"
#include "pipeline/reconstruction/image_noise.h"
#include "pipeline/reconstruction/norms.h"

namespace voxprior {
namespace {

/// Mean square of a residual over the data, of each part of a complex one; at least noise^2.
double residual_variance(const NormalisedProblem& problem, const torch::Tensor& residual) {
  const torch::Tensor measured = problem.y != 0;
  const double count = (problem.y.is_complex() ? 2 : 1) * measured.sum().item().toDouble();
  return std::max(problem.noise * problem.noise, squared_norm(residual * measured) / count);
}

}  // namespace

torch::Tensor reconstruct_dps(const NormalisedProblem& problem, const MethodOptions& options,
                              IterationMonitor& monitor) {
  const std::vector<double> sigmas = denoiser_levels(problem, options, options.iterations);
  const ImageNoise noise = image_noise(options.seed);
  torch::Tensor x = problem.start + sigmas.front() * noise(problem.start, 0), clean = problem.start;
  for (std::size_t i = 0; i < sigmas.size(); ++i) {
    const double sigma = sigmas[i];
    const DenoiserJacobian denoised(problem, x, sigma, "dps");
    const torch::Tensor residual = problem.a->forward(denoised.image()) - problem.y;
    const torch::Tensor pull = denoised.transposed_product(problem.a->adjoint(residual));
    clean = denoised.image() - (options.step * sigma * sigma / residual_variance(problem, residual)) * pull;
    if (monitor.stop_after(clean, sigma) || i + 1 == sigmas.size()) break;
    x = ancestral_step(x, clean, sigma, sigmas[i + 1], noise(x, i + 1));
  }
  return clean;
}

}  // namespace voxprior
