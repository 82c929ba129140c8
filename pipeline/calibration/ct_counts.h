#pragma once

#include <torch/types.h>

namespace voxprior {

/// What a detector element counts, and how well: N ~ Poisson(photons e^-p) + electronic_sigma * n.
struct CtDose {
  double photons = 0;           ///< that reach a detector element with nothing in the way
  double electronic_sigma = 0;  ///< standard deviation of the electronic noise, in photons
};

/// Line integrals p = -ln(max(N, floor) / photons) of measured counts, float32 of any shape. Counts that electronic
/// noise made zero or negative have no logarithm: they count as `floor` photons. Throws Error(ExitCode::input) when the
/// counts are not finite or photons and floor not positive.
torch::Tensor line_integrals(const torch::Tensor& counts, const CtDose& dose, double floor = 1);

/// Statistical weights of penalised weighted least squares: 1 over the variance of each line integral p,
/// w = N^2 / (N + electronic_sigma^2) with N = photons e^-p. What a ray through metal measured hardly counts.
/// Their square roots as a Diagonal make |sqrt(w) (A x - p)|^2 an ordinary least-squares problem.
///
/// Thibault et al., A three-dimensional statistical approach to improved image quality for multislice helical CT.
/// Medical Physics 34:4526-4544, 2007; La Riviere et al., Penalized-likelihood sinogram restoration for computed
/// tomography. IEEE Transactions on Medical Imaging 25:1022-1036, 2006 (electronic noise).
torch::Tensor statistical_weights(const torch::Tensor& line_integrals, const CtDose& dose);

}  // namespace voxprior
