#include "pipeline/reconstruction/denoiser_levels.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>

namespace voxprior {

namespace {

/// Even steps in ln sigma, within what the denoiser was trained on, down to sigma_end or `least`.
std::vector<double> levels_down_to(double least, const NormalisedProblem& problem, const MethodOptions& options,
                                   int count) {
  TORCH_CHECK(problem.denoise, "this method needs a denoiser");
  TORCH_CHECK(options.sigma_start > 0 && options.sigma_end > 0 && options.sigma_end <= options.sigma_start,
              "denoiser levels go down from sigma_start ", options.sigma_start, " to sigma_end ", options.sigma_end);
  const auto trained = [&](double sigma) { return std::clamp(sigma, problem.sigma_min, problem.sigma_max); };
  const double end = trained(std::max(options.sigma_end, least));
  const double start = std::max(end, trained(options.sigma_start));
  std::vector<double> levels;
  for (int i = 0; i + 1 < count; ++i)
    levels.push_back(start * std::pow(end / start, static_cast<double>(i) / (count - 1)));
  levels.push_back(end);
  return levels;
}

}  // namespace

std::vector<double> denoiser_levels(const NormalisedProblem& problem, const MethodOptions& options, int count) {
  return levels_down_to(problem.noise, problem, options, count);
}

std::vector<double> sampling_levels(const NormalisedProblem& problem, const MethodOptions& options, int count) {
  return levels_down_to(0, problem, options, count);
}

torch::Tensor ancestral_step(const torch::Tensor& x, const torch::Tensor& clean, double sigma, double next,
                             const torch::Tensor& noise) {
  const double ratio = next / sigma;
  return clean + ratio * ratio * (x - clean) + next * std::sqrt(1 - ratio * ratio) * noise;
}

double level_or_last(const std::vector<double>& levels, int iteration) {
  const auto i = static_cast<std::size_t>(iteration);
  return i < levels.size() ? levels[i] : levels.back();
}

int descending_iterations(const MethodOptions& options) { return std::max(1, options.iterations / 2); }

double prior_weight(const NormalisedProblem& problem, const MethodOptions& options, double sigma) {
  return options.lambda * problem.noise * problem.noise / (sigma * sigma);
}

}  // namespace voxprior
