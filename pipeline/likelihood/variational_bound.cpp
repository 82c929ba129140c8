#include "pipeline/likelihood/variational_bound.h"

#include <torch/torch.h>

#include <cmath>

#include "pipeline/likelihood/gaussian_decoder.h"
#include "pipeline/samplers/steps.h"

namespace voxprior {
namespace {

double mean_value(const torch::Tensor& x) { return x.mean(torch::kDouble).item<double>(); }

/// KL(N(x0, sigma^2) | N(0, sigma^2 + data_std^2)) per voxel, in nats.
double prior_nats(const torch::Tensor& x0, double sigma, double data_std) {
  const double q = sigma * sigma, p = q + data_std * data_std;
  return 0.5 * (std::log(p / q) + (q + mean_value(x0.square())) / p - 1);
}

/// KL between the Gaussians of one step, of variances q and v, whose means differ by (1 - to^2/from^2) (x0 - D).
double step_nats(double from, double to, double v, double error) {
  const double q = fixed_small_variance(from, to), data_weight = 1 - (to / from) * (to / from);
  return 0.5 * (std::log(v / q) + q / v - 1) + 0.5 * data_weight * data_weight * error / v;
}

double decoder_nats(const torch::Tensor& x0, const torch::Tensor& clean, double std, const BoundOptions& options) {
  if (options.discretised_decoder)
    return -mean_value(discretised_gaussian_log_probability(x0, clean, std, options.quantisation_width));
  return -mean_value(gaussian_log_density(x0, clean, std)) - std::log(options.quantisation_width);
}

}  // namespace

VariationalBound variational_bound(const Denoiser& denoise, const torch::Tensor& volumes,
                                   const std::vector<double>& sigmas, const StepNoise& noise,
                                   const BoundOptions& options, const Progress& progress) {
  check_falling(sigmas);
  TORCH_CHECK(options.quantisation_width > 0 && options.data_std >= 0, "a bound needs a quantisation width above 0");
  const torch::NoGradGuard no_grad;
  std::vector<double> levels = sigmas;
  if (levels.back() == 0) levels.pop_back();

  VariationalBound bound;
  bound.prior = prior_nats(volumes, levels.front(), options.data_std) / M_LN2;
  bound.total = bound.prior;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const double from = levels[i];
    const torch::Tensor clean = denoise(volumes + from * noise(volumes, i), from);
    if (i + 1 < levels.size()) {
      const double to = levels[i + 1], v = options.variance(from, to);
      TORCH_CHECK(v > 0, "the variance of a reverse step must be above 0, not ", v);
      bound.steps.push_back(step_nats(from, to, v, mean_value((volumes - clean).square())) / M_LN2);
      bound.total += bound.steps.back();
    } else {
      const double v = options.variance(from, 0);
      bound.decoder = decoder_nats(volumes, clean, v > 0 ? std::sqrt(v) : from, options) / M_LN2;
      bound.total += bound.decoder;
    }
    if (progress) progress(static_cast<double>(i + 1) / static_cast<double>(levels.size()));
  }
  return bound;
}

}  // namespace voxprior
