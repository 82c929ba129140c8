#include "pipeline/reconstruction/mmps.h"

#include <torch/types.h>

#include "pipeline/reconstruction/conjugate_gradients.h"
#include "pipeline/reconstruction/denoiser_jacobian.h"
#include "pipeline/reconstruction/denoiser_levels.h"
#include "pipeline/reconstruction/image_noise.h"

namespace voxprior {
namespace {

/// E[clean image | x, y], if the clean image given x is Gaussian.
torch::Tensor mean_given_data(const NormalisedProblem& problem, const torch::Tensor& x, double sigma,
                              int cg_iterations) {
  const DenoiserJacobian denoised(problem, x, sigma, "mmps");
  const auto covariance_times_adjoint = [&](const torch::Tensor& w) {
    return sigma * sigma * denoised.transposed_product(problem.a->adjoint(w));
  };
  const torch::Tensor innovation = problem.y - problem.a->forward(denoised.image());
  const torch::Tensor w = conjugate_gradients(
      [&](const torch::Tensor& v) {
        return problem.a->forward(covariance_times_adjoint(v)) + problem.noise * problem.noise * v;
      },
      innovation, torch::zeros_like(innovation), cg_iterations, kDataStepTolerance);
  return denoised.image() + covariance_times_adjoint(w);
}

}  // namespace

torch::Tensor reconstruct_mmps(const NormalisedProblem& problem, const MethodOptions& options,
                               IterationMonitor& monitor) {
  const std::vector<double> sigmas = sampling_levels(problem, options, options.iterations);
  const ImageNoise noise = image_noise(options.seed);
  torch::Tensor x = problem.start + sigmas.front() * noise(problem.start, 0), clean = problem.start;
  for (std::size_t i = 0; i < sigmas.size(); ++i) {
    clean = mean_given_data(problem, x, sigmas[i], options.cg_iterations);
    if (monitor.stop_after(clean, sigmas[i]) || i + 1 == sigmas.size()) break;
    x = ancestral_step(x, clean, sigmas[i], sigmas[i + 1], noise(x, i + 1));
  }
  return clean;
}

}  // namespace voxprior
