#pragma once

#include <torch/types.h>

namespace voxprior {

struct LargestEigenvectors {
  torch::Tensor vectors;  ///< [C, n] complex64, each of length 1
  torch::Tensor values;   ///< [n] float32
};

/// The largest eigenvalue and its eigenvector of n Hermitian, positive semidefinite C x C matrices by the power method,
/// starting from `reference` [C], against which the phase of the vectors is zero. For small matrices in great number:
/// they lie side by side, lower [P, n] complex64 being the entries (0,0), (1,0), (1,1), (2,0) ... of all of them, so
/// the loops run over matrices.
LargestEigenvectors largest_eigenvectors(const torch::Tensor& lower, const torch::Tensor& reference, int iterations);

}  // namespace voxprior
