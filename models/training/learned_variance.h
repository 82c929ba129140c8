#pragma once

#include <torch/types.h>

#include <cstdint>

#include "models/precondition.h"
#include "models/training/optimiser.h"
#include "models/weights/parameters.h"
#include "pipeline/samplers/band_errors.h"

namespace voxprior {

/// The variance of the reverse steps, learned beside the network by the hybrid loss of Nichol and Dhariwal 2021,
/// arXiv:2102.09672, section 3.1: the bound with the gradient of the mean stopped. Of all steps from a level sigma
/// those to any lower level have the same minimiser, e_b(sigma) = E |x0 - D|^2 for a coefficient of band b (see
/// BandErrors), so the term of the step to 0 is learned from:
///
///   1/2 (ln e_b + |x0 - D|_b^2 / e_b),   minimised in e alone
///
/// Nichol and Dhariwal give it a head of the network, one value a voxel between two fixed variances. Here it is a
/// function of sigma and band: in x = x0 + sigma n the fixed variances that they mix bracket the right one only for
/// data of variance 1, which no Haar band of ours has; and what the error depends on most are those two.
class LearnedVariance {
 public:
  LearnedVariance(double sigma_min, double sigma_max);

  /// Gathers the gradient from the error `estimate - clean` [N,1,D,H,W] of a batch with noise of sigma [N].
  void learn(const HaarPreconditioner& preconditioner, const torch::Tensor& error, const torch::Tensor& sigma);

  /// Moves e down its gradient; `share` of the full rate.
  void step(double share);

  TensorMap state() const;          ///< for a checkpoint, shared
  TensorMap model_tensors() const;  ///< for the model file; see models/beside_network.h

 private:
  double sigma_min_, sigma_max_;
  torch::Tensor log_ratio_;  // [knots,8] float64
  Optimiser optimiser_;
};

}  // namespace voxprior
