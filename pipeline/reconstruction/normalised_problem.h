#pragma once

#include <torch/types.h>

#include <memory>
#include <string>
#include <vector>

#include "pipeline/core/linear_operator.h"
#include "pipeline/reconstruction/image_denoiser.h"
#include "pipeline/reconstruction/problem.h"

namespace voxprior {

/// A problem in which nothing has a unit: x = unit u, and with W the weights and n = |W^1/2 A|
///
///   y' = A' u + n',   A' = W^1/2 A / n,   y' = W^1/2 y / (n unit),   |A'| = 1
///
/// The noise of y' is white, with standard deviation `noise`. A step of 1 is the largest for a gradient of |A' u -
/// y'|^2 / 2 with momentum, and a parameter means the same for any scanner, volume and unit.
struct NormalisedProblem {
  std::shared_ptr<const LinearOperator> a;  ///< A'
  torch::Tensor y;                          ///< y'
  torch::Tensor aty;                        ///< A'^H y'
  double noise = 0;                         ///< at least kNoiseFloor, also where the data have none
  torch::Tensor start;                      ///< u to start from, real or complex as images of this problem are
  ImageDenoiser denoise;                    ///< empty if the problem has none
  double sigma_min = 0, sigma_max = 0;      ///< levels at which it may be asked
  double unit = 1;                          ///< > 0
  bool noise_known = false;                 ///< `noise` was given and is above the floor
};

/// The noise that data without noise are taken to have, so that their weight against a prior is finite: a tenth of a
/// per cent, about what 10 bits resolve.
inline constexpr double kNoiseFloor = 1e-3;

/// Throws Error(ExitCode::input) for data that do not fit the operator, are not finite or all 0, or weights that are
/// negative or not finite.
NormalisedProblem normalise(const ReconstructionProblem& problem);

}  // namespace voxprior
