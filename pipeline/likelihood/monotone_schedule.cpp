#include "pipeline/likelihood/monotone_schedule.h"

#include <torch/torch.h>

#include <cmath>

#include "base/error.h"

namespace voxprior {
namespace {

constexpr double kFlat = -8;  // softplus gives 3e-4: the sigmoids are there to be learned, and hardly show at first

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
