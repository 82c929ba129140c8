#include "pipeline/samplers/schedule.h"

#include <cmath>

#include "base/error.h"

namespace voxprior {
namespace {

constexpr double kBetaMin = 0.1, kBetaRange = 19.9;  // of the linear variance-preserving schedule

/// Levels that are evenly spaced in time, given time(sigma) and its inverse sigma(time).
template <typename Time, typename Sigma>
std::vector<double> evenly_spaced(int steps, double sigma_min, double sigma_max, Time time, Sigma sigma) {
  if (!(steps >= 1 && sigma_min > 0 && sigma_min < sigma_max && std::isfinite(sigma_max)))
    fail(ExitCode::usage, "no noise schedule of ", steps, " steps from sigma ", sigma_max, " to ", sigma_min,
         ": needs steps >= 1 and 0 < sigma_min < sigma_max");
  const double from = time(sigma_max), to = time(sigma_min);
  std::vector<double> sigmas{sigma_max};  // the ends exactly, not to rounding
  for (int i = 1; i + 1 < steps; ++i) sigmas.push_back(sigma(from + i * (to - from) / (steps - 1)));
  if (steps > 1) sigmas.push_back(sigma_min);
  sigmas.push_back(0);
  return sigmas;
}

}  // namespace

std::vector<double> karras_schedule(int steps, double sigma_min, double sigma_max, double rho) {
  if (!(rho > 0)) fail(ExitCode::usage, "no noise schedule with rho ", rho, ": needs rho > 0");
  return evenly_spaced(
      steps, sigma_min, sigma_max, [rho](double sigma) { return std::pow(sigma, 1 / rho); },
      [rho](double time) { return std::pow(time, rho); });
}

std::vector<double> log_uniform_schedule(int steps, double sigma_min, double sigma_max) {
  return evenly_spaced(
      steps, sigma_min, sigma_max, [](double sigma) { return std::log(sigma); },
      [](double time) { return std::exp(time); });
}

std::vector<double> cosine_schedule(int steps, double sigma_min, double sigma_max) {
  return evenly_spaced(
      steps, sigma_min, sigma_max, [](double sigma) { return std::atan(sigma); },
      [](double time) { return std::tan(time); });
}

std::vector<double> linear_schedule(int steps, double sigma_min, double sigma_max) {
  return evenly_spaced(
      steps, sigma_min, sigma_max,
      [](double sigma) {
        const double exponent = 2 * std::log(std::hypot(1, sigma));
        // The positive root of kBetaRange/2 t^2 + kBetaMin t - exponent, in the form that does not cancel.
        return 2 * exponent / (kBetaMin + std::sqrt(kBetaMin * kBetaMin + 2 * kBetaRange * exponent));
      },
      [](double time) { return std::sqrt(std::expm1(kBetaMin * time + 0.5 * kBetaRange * time * time)); });
}

}  // namespace voxprior
