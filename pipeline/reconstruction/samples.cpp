#include "pipeline/reconstruction/samples.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <cstdint>
#include <utility>

namespace voxprior {

SampleSummary reconstruct_samples(const ReconstructionProblem& problem, const ReconstructionMethod& method,
                                  const MethodOptions& options, int count, const SampleObserver& observer) {
  TORCH_CHECK(count >= 1, "samples are 1 or more, not ", count);
  const torch::NoGradGuard no_grad;
  const NormalisedProblem normalised = normalise(problem);
  SampleSummary summary;
  torch::Tensor squares;  // sum of |x - mean|^2, updated as the mean is: Welford 1962
  for (int n = 0; n < count; ++n) {
    MethodOptions own = options;
    own.seed = options.seed + static_cast<std::uint64_t>(n);
    const auto watch = [&](const IterationRecord& record) { observer(n, record); };
    Reconstruction run = reconstruct_normalised(normalised, method, own, observer ? watch : IterationObserver{});
    const torch::Tensor x = std::exchange(run.image, {});
    if (n == 0) {
      summary.mean = x;
      squares = torch::zeros_like(x.abs());
    } else {
      const torch::Tensor before = x - summary.mean;
      summary.mean = summary.mean + before / (n + 1);
      squares = squares + before.abs().square() * (static_cast<double>(n) / (n + 1));
    }
    summary.runs.push_back(std::move(run));
  }
  if (count > 1) summary.standard_deviation = (squares / (count - 1)).sqrt();
  const DataFit fit = data_fit(normalised, summary.mean / normalised.unit);
  summary.data_residual = fit.data_residual;
  summary.residual_over_noise = fit.residual_over_noise;
  return summary;
}

}  // namespace voxprior
