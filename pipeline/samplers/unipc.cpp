#include "pipeline/samplers/unipc.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>

#include "pipeline/samplers/exponential_weights.h"
#include "pipeline/samplers/steps.h"

namespace voxprior {
namespace {

/// Weights of D at the present level and the ones before it; nodes are lambda less the present one: 0, -h_1, ...
std::vector<double> predictor_weights(const std::vector<double>& nodes, double h) {
  if (nodes.size() != 2) return exponential_weights(nodes, h);
  const double slope = 0.5 * h / nodes[1];  // a_1 / r_1 with a_1 = 1/2
  return {-std::expm1(-h) * (1 - slope), -std::expm1(-h) * slope};
}

/// The same followed by the weight of D at the next level.
std::vector<double> corrector_weights(std::vector<double> nodes, double h) {
  if (nodes.size() == 1) return {-0.5 * std::expm1(-h), -0.5 * std::expm1(-h)};  // a_1 = 1/2
  nodes.push_back(h);
  return exponential_weights(nodes, h);
}

torch::Tensor step(const torch::Tensor& x, double keep, const std::vector<double>& weights,
                   const std::vector<torch::Tensor>& clean) {
  torch::Tensor next = keep * x;
  for (std::size_t k = 0; k < weights.size(); ++k) next = next + weights[k] * clean[k];
  return next;
}

}  // namespace

torch::Tensor sample_unipc(const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas,
                           const Progress& progress, int order) {
  check_falling(sigmas);
  TORCH_CHECK(order == 2 || order == 3, "UniPC has order 2 or 3, not ", order);
  const torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> clean{denoise(x, sigmas[0])};  // D at the present level and the ones before it
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1], h = std::log(sigma / next);
    if (next == 0) {
      report_step(progress, i, sigmas);
      return clean[0];
    }
    std::vector<double> nodes;
    const std::size_t used = usable_history(sigmas, i, static_cast<std::size_t>(order));
    for (std::size_t k = 0; k < used; ++k) nodes.push_back(std::log(sigma / sigmas[i - k]));
    const torch::Tensor predicted = step(x, next / sigma, predictor_weights(nodes, h), clean);
    if (i + 2 == sigmas.size()) {
      x = predicted;
    } else {
      const torch::Tensor clean_next = denoise(predicted, next);
      std::vector<torch::Tensor> known(clean.begin(), clean.begin() + static_cast<std::ptrdiff_t>(used));
      known.push_back(clean_next);
      x = step(x, next / sigma, corrector_weights(nodes, h), known);
      clean.insert(clean.begin(), clean_next);
      clean.resize(std::min(clean.size(), static_cast<std::size_t>(order)));
    }
    report_step(progress, i, sigmas);
  }
  return x;
}

}  // namespace voxprior
