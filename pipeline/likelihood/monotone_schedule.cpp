#include "pipeline/likelihood/monotone_schedule.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>

#include "base/error.h"

namespace voxprior {
namespace {

constexpr int kBisections = 50;  // of the unit interval: to rounding
constexpr double kFlat = -8;     // softplus gives 3e-4: the sigmoids are there to be learned, and hardly show at first

}  // namespace

MonotoneSchedule::MonotoneSchedule(double sigma_min, double sigma_max, std::int64_t knots)
    : sigma_min_(sigma_min), sigma_max_(sigma_max) {
  if (!(sigma_min > 0 && sigma_min < sigma_max && std::isfinite(sigma_max) && knots >= 1))
    fail(ExitCode::usage, "no learned noise schedule from sigma ", sigma_max, " to ", sigma_min, " with ", knots,
         " knots: needs 0 < sigma_min < sigma_max and a knot");
  weights_ = torch::full({1 + knots}, kFlat, torch::kDouble);
  weights_[0] = std::log(std::expm1(1.));                                           // softplus gives 1
  slopes_ = torch::full({knots}, 2. * static_cast<double>(knots), torch::kDouble);  // softplus is the identity up here
  centres_ = (torch::arange(knots, torch::kDouble) + 0.5) / static_cast<double>(knots);
  for (torch::Tensor* parameter : {&weights_, &slopes_, &centres_}) parameter->requires_grad_();
}

bool MonotoneSchedule::fits(const std::vector<torch::Tensor>& parameters) {
  bool fit = parameters.size() == 3;
  for (const torch::Tensor& parameter : parameters)
    fit = fit && parameter.dim() == 1 && parameter.scalar_type() == torch::kDouble &&
          torch::isfinite(parameter).all().item<bool>();
  return fit && parameters[1].numel() >= 1 && parameters[0].numel() == 1 + parameters[1].numel() &&
         parameters[2].numel() == parameters[1].numel();
}

MonotoneSchedule::MonotoneSchedule(double sigma_min, double sigma_max, std::vector<torch::Tensor> parameters)
    : MonotoneSchedule(sigma_min, sigma_max) {
  TORCH_CHECK(fits(parameters), "no parameters of a MonotoneSchedule");
  for (torch::Tensor& parameter : parameters) parameter = parameter.detach().clone().requires_grad_();
  weights_ = parameters[0];
  slopes_ = parameters[1];
  centres_ = parameters[2];
}

torch::Tensor MonotoneSchedule::shape(const torch::Tensor& t) const {
  const torch::Tensor weights = torch::softplus(weights_), slopes = torch::softplus(slopes_);
  const torch::Tensor sigmoids = torch::sigmoid(slopes * (t.unsqueeze(-1) - centres_));
  return weights[0] * t + (weights.slice(0, 1) * sigmoids).sum(-1);
}

torch::Tensor MonotoneSchedule::log_sigma(const torch::Tensor& t) const {
  const torch::Tensor ends = shape(torch::tensor({0., 1.}, torch::kDouble));
  const torch::Tensor share = (shape(t.to(torch::kDouble)) - ends[0]) / (ends[1] - ends[0]);
  return std::log(sigma_min_) + std::log(sigma_max_ / sigma_min_) * share;
}

torch::Tensor MonotoneSchedule::slope(const torch::Tensor& t) const {
  const torch::Tensor weights = torch::softplus(weights_), slopes = torch::softplus(slopes_);
  const torch::Tensor sigmoids = torch::sigmoid(slopes * (t.unsqueeze(-1) - centres_));
  const torch::Tensor rise = weights[0] + (weights.slice(0, 1) * slopes * sigmoids * (1 - sigmoids)).sum(-1);
  const torch::Tensor ends = shape(torch::tensor({0., 1.}, torch::kDouble));
  return std::log(sigma_max_ / sigma_min_) * rise / (ends[1] - ends[0]);
}

torch::Tensor MonotoneSchedule::time(const torch::Tensor& log_sigma) const {
  const torch::NoGradGuard no_grad;
  torch::Tensor low = torch::zeros_like(log_sigma, torch::kDouble), high = torch::ones_like(low);
  for (int i = 0; i < kBisections; ++i) {
    const torch::Tensor middle = 0.5 * (low + high);
    const torch::Tensor below = this->log_sigma(middle) < log_sigma;
    low = torch::where(below, middle, low);
    high = torch::where(below, high, middle);
  }
  return 0.5 * (low + high);
}

torch::Tensor MonotoneSchedule::log_density(const torch::Tensor& log_sigma) const {
  const torch::Tensor t = time(log_sigma);
  // One Newton step: its value is t, its gradient that with which t follows the parameters at a fixed ln sigma.
  const torch::Tensor moving = t - (this->log_sigma(t) - log_sigma) / slope(t).detach();
  return -slope(moving).log();
}

std::vector<double> MonotoneSchedule::levels(int steps) const {
  if (steps < 1) fail(ExitCode::usage, "no noise schedule of ", steps, " steps: needs 1 or more");
  const torch::NoGradGuard no_grad;
  const torch::Tensor log_sigmas = log_sigma(torch::linspace(1, 0, steps, torch::kDouble));
  std::vector<double> sigmas{sigma_max_};  // the ends exactly, not to rounding
  for (int i = 1; i + 1 < steps; ++i) sigmas.push_back(std::exp(log_sigmas[i].item<double>()));
  if (steps > 1) sigmas.push_back(sigma_min_);
  sigmas.push_back(0);
  return sigmas;
}

}  // namespace voxprior
