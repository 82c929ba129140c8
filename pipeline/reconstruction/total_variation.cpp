#include "pipeline/reconstruction/total_variation.h"

#include <torch/types.h>

#include "pipeline/reconstruction/fista.h"
#include "pipeline/reconstruction/total_variation_prox.h"

namespace voxprior {
namespace {

constexpr int kDualIterations = 8;  // each starts from the dual of the iteration before

}  // namespace

torch::Tensor reconstruct_total_variation(const NormalisedProblem& problem, const MethodOptions& options,
                                          IterationMonitor& monitor) {
  torch::Tensor dual;
  const auto prox = [&](const torch::Tensor& b, int) {
    return total_variation_prox(b, options.lambda, kDualIterations, dual);
  };
  const auto prior = [&](const torch::Tensor& u) { return options.lambda * total_variation(u); };
  return fista(problem, 1, options.iterations, prox, prior, {}, monitor);
}

}  // namespace voxprior
