#include "pipeline/calibration/ct_counts.h"

#include <torch/types.h>

#include <cmath>

#include "base/error.h"

namespace voxprior {
namespace {

void check_dose(const CtDose& dose) {
  if (!(dose.photons > 0) || !std::isfinite(dose.photons) || !(dose.electronic_sigma >= 0) ||
      !std::isfinite(dose.electronic_sigma))
    fail(ExitCode::input, "CT counts need a number of photons above 0 and electronic noise of 0 or more, got ",
         dose.photons, " and ", dose.electronic_sigma);
}

}  // namespace

torch::Tensor line_integrals(const torch::Tensor& counts, const CtDose& dose, double floor) {
  check_dose(dose);
  if (!(floor > 0)) fail(ExitCode::input, "the least number of photons must be positive, got ", floor);
  if (!torch::isfinite(counts).all().item().toBool())
    fail(ExitCode::input, "the counts hold values that are not numbers");
  return -(counts.clamp_min(floor) / dose.photons).log();
}

torch::Tensor statistical_weights(const torch::Tensor& line_integrals, const CtDose& dose) {
  check_dose(dose);
  const torch::Tensor expected = dose.photons * (-line_integrals).exp();
  return expected * expected / (expected + dose.electronic_sigma * dose.electronic_sigma);
}

}  // namespace voxprior
