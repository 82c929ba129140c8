#pragma once

#include <torch/types.h>

#include <cstddef>
#include <functional>
#include <vector>

#include "pipeline/core/progress.h"

namespace voxprior {

/// What an ODE moves: tensors of any shapes and floating-point types.
using OdeState = std::vector<torch::Tensor>;

/// dy/dt at (t, y): one tensor for each of y.
using OdeSlope = std::function<OdeState(double t, const OdeState& y)>;

struct OdeTolerance {
  double relative = 1e-5;
  double absolute = 1e-5;
  int max_evaluations = 5000;
};

struct OdeSolution {
  OdeState y;
  int evaluations = 0;  ///< of the slope
  int rejected = 0;     ///< steps that were repeated with a smaller step
};

/// Solves dy/dt = slope(t, y) from `from` to `to` (above or below) with the embedded Runge-Kutta pair of orders 5 and 4
/// of Dormand and Prince 1980, J. Comput. Appl. Math. 6:19-26, Table 2 (RK5(4)7M), with its fifth-order result.
///
/// The step size keeps the estimated error e of each step below tolerance: root mean square of
/// e / (absolute + relative max(|y|, |y'|)) at most 1 in each of the first `controlled` tensors of the state; the
/// others are carried along. Throws Error(ExitCode::model) when the tolerance cannot be kept (a slope that is not
/// finite or not smooth, a tolerance below the rounding of the type) or takes more than max_evaluations.
OdeSolution dormand_prince(const OdeSlope& slope, OdeState y, double from, double to, const OdeTolerance& tolerance,
                           std::size_t controlled, const Progress& progress = {});

}  // namespace voxprior
