#include "pipeline/samplers/schedule.h"

#include <cmath>

#include "base/error.h"

namespace voxprior {

std::vector<double> karras_schedule(int steps, double sigma_min, double sigma_max, double rho) {
  if (!(steps >= 1 && sigma_min > 0 && sigma_min < sigma_max && std::isfinite(sigma_max) && rho > 0))
    fail(ExitCode::usage, "no noise schedule of ", steps, " steps from sigma ", sigma_max, " to ", sigma_min,
         " with rho ", rho, ": needs steps >= 1, 0 < sigma_min < sigma_max and rho > 0");
  const double from = std::pow(sigma_max, 1 / rho), to = std::pow(sigma_min, 1 / rho);
  std::vector<double> sigmas{sigma_max};  // the ends exactly, not to rounding
  for (int i = 1; i + 1 < steps; ++i) sigmas.push_back(std::pow(from + i * (to - from) / (steps - 1), rho));
  if (steps > 1) sigmas.push_back(sigma_min);
  sigmas.push_back(0);
  return sigmas;
}

}  // namespace voxprior
