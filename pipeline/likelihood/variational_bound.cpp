#include "pipeline/likelihood/variational_bound.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>

#include "pipeline/likelihood/gaussian_decoder.h"
#include "pipeline/samplers/steps.h"
#include "pipeline/wavelet/haar.h"

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

/// Squares of x [N,1,D,H,W] in each Haar band, averaged: [8] float64.
torch::Tensor band_squares(const torch::Tensor& x) {
  return haar_forward(x).square().mean({0, 2, 3, 4}, false, torch::kDouble).cpu();
}

/// The part of a bound that Haar bands make, each with what is unknown of it; of a band that is given nothing is.
class ByBand {
 public:
  ByBand(const BandErrors& errors, const BoundOptions& options) : errors_(errors), options_(options) {
    TORCH_CHECK(!options.discretised_decoder, "a variance for each Haar band goes with the Gaussian decoder");
  }

  double prior_nats(const torch::Tensor& x0, double sigma) const {
    const double q = sigma * sigma, p = q + options_.data_std * options_.data_std;
    return mean_of_unknown(0.5 * (std::log(p / q) + (q + band_squares(x0)) / p - 1));
  }

  double step_nats(double from, double to, const torch::Tensor& error) const {
    const double q = fixed_small_variance(from, to), data_weight = 1 - (to / from) * (to / from);
    const torch::Tensor v = band_variance_of_step(errors_, from, to);
    return mean_of_unknown(0.5 * ((v / q).log() + q / v - 1) +
                           0.5 * data_weight * data_weight * band_squares(error) / v);
  }

  double decoder_nats(double from, const torch::Tensor& error) const {
    const torch::Tensor v = band_variance_of_step(errors_, from, 0);
    const double level = std::log(options_.quantisation_width);
    return mean_of_unknown(0.5 * (band_squares(error) / v + (2 * M_PI * v).log()) - level);
  }

 private:
  double mean_of_unknown(const torch::Tensor& nats) const {
    return torch::where(errors_.band_variance() > 0, nats, torch::zeros_like(nats)).mean().item<double>();
  }

  const BandErrors& errors_;
  const BoundOptions& options_;
};

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
  std::optional<ByBand> by_band;
  if (options.band_errors) by_band.emplace(*options.band_errors, options);
  bound.prior =
      (by_band ? by_band->prior_nats(volumes, levels.front()) : prior_nats(volumes, levels.front(), options.data_std)) /
      M_LN2;
  bound.total = bound.prior;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const double from = levels[i];
    const torch::Tensor clean = denoise(volumes + from * noise(volumes, i), from);
    const double to = i + 1 < levels.size() ? levels[i + 1] : 0;
    if (by_band && to > 0) {
      bound.steps.push_back(by_band->step_nats(from, to, volumes - clean) / M_LN2);
      bound.total += bound.steps.back();
    } else if (by_band) {
      bound.decoder = by_band->decoder_nats(from, volumes - clean) / M_LN2;
      bound.total += bound.decoder;
    } else if (to > 0) {
      const double v = options.variance(from, to);
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
