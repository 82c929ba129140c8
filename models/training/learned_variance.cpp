#include "models/training/learned_variance.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <string>
#include <vector>

#include "models/beside_network.h"
#include "pipeline/wavelet/haar.h"

namespace voxprior {
namespace {

constexpr double kRate = 0.03, kClipNorm = 1;  // of its own Adam

}  // namespace

LearnedVariance::LearnedVariance(double sigma_min, double sigma_max)
    : sigma_min_(sigma_min),
      sigma_max_(sigma_max),
      log_ratio_(torch::zeros({BandErrors::kKnots, BandErrors::kBands}, torch::kDouble).requires_grad_()),
      optimiser_(std::vector<NamedParameter>{{"log_ratio", log_ratio_}}) {}

void LearnedVariance::learn(const HaarPreconditioner& preconditioner, const torch::Tensor& error,
                            const torch::Tensor& sigma) {
  const std::int64_t first = preconditioner.low_band() == LowBand::given ? 1 : 0, count = BandErrors::kBands - first;
  const torch::Tensor squares =
      haar_forward(error.detach()).square().mean({2, 3, 4}).to(torch::kCPU, torch::kDouble).narrow(1, first, count);
  const torch::AutoGradMode with_gradient(true);
  const BandErrors errors(sigma_min_, sigma_max_, log_ratio_, preconditioner.band_variance());
  const torch::Tensor e = errors.at(sigma).narrow(1, first, count);
  (0.5 * (e.log() + squares / e)).mean().backward();
}

void LearnedVariance::step(double share) { optimiser_.step(share * kRate, kClipNorm); }

TensorMap LearnedVariance::state() const {
  TensorMap state = model_tensors();
  for (const auto& [name, tensor] : optimiser_.state()) state["variance_optimiser." + name] = tensor;
  return state;
}

TensorMap LearnedVariance::model_tensors() const { return tensors_of_log_ratio(log_ratio_); }

}  // namespace voxprior
