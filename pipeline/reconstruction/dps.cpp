#include "pipeline/reconstruction/dps.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "pipeline/reconstruction/denoiser_levels.h"
#include "pipeline/reconstruction/image_noise.h"
#include "pipeline/reconstruction/norms.h"

namespace voxprior {
namespace {

struct Guided {
  torch::Tensor x0;    // D(x, sigma)
  torch::Tensor pull;  // J^H A^H (A x0 - y), J the Jacobian of D at x
  double variance;     // mean square of A x0 - y over the data, of each part of a complex one
};

Guided guide(const NormalisedProblem& problem, const torch::Tensor& x, double sigma) {
  const torch::AutoGradMode differentiate(true);
  // As real numbers, so that the gradient needs no convention for complex ones.
  const torch::Tensor leaf = (x.is_complex() ? torch::view_as_real(x) : x).detach().requires_grad_(true);
  const torch::Tensor x0 = problem.denoise(x.is_complex() ? torch::view_as_complex(leaf) : leaf, sigma);
  if (!x0.requires_grad())
    fail(ExitCode::usage,
         "dps needs a denoiser that can be differentiated, and a tiled one cannot: allow more memory or "
         "use another method");
  const torch::Tensor data_gradient = [&] {
    const torch::NoGradGuard no_grad;
    return problem.a->forward(x0.detach()) - problem.y;
  }();
  torch::Tensor back = problem.a->adjoint(data_gradient), value = x0;
  if (x0.is_complex()) {
    back = torch::view_as_real(back.resolve_conj().contiguous());
    value = torch::view_as_real(x0);
  }
  const torch::Tensor pull = torch::autograd::grad({value}, {leaf}, {back})[0];
  const torch::Tensor measured = problem.y != 0;
  const double count = (problem.y.is_complex() ? 2 : 1) * measured.sum().item().toDouble();
  return {x0.detach(), x.is_complex() ? torch::view_as_complex(pull.contiguous()) : pull,
          squared_norm(data_gradient * measured) / count};
}

}  // namespace

torch::Tensor reconstruct_dps(const NormalisedProblem& problem, const MethodOptions& options,
                              IterationMonitor& monitor) {
  const std::vector<double> sigmas = denoiser_levels(problem, options, options.iterations);
  const ImageNoise noise = image_noise(options.seed);
  torch::Tensor x = problem.start + sigmas.front() * noise(problem.start, 0), clean = problem.start;
  for (std::size_t i = 0; i < sigmas.size(); ++i) {
    const double sigma = sigmas[i];
    const Guided guided = guide(problem, x, sigma);
    const double variance = std::max(problem.noise * problem.noise, guided.variance);
    clean = guided.x0 - (options.step * sigma * sigma / variance) * guided.pull;
    if (monitor.stop_after(clean, sigma) || i + 1 == sigmas.size()) break;
    const double next = sigmas[i + 1], ratio = next / sigma;
    x = clean + ratio * ratio * (x - clean) + next * std::sqrt(1 - ratio * ratio) * noise(x, i + 1);
  }
  return clean;
}

}  // namespace voxprior
