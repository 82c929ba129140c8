#pragma once

#include <torch/types.h>

namespace voxprior {

/// Discrete Fourier transform of the last three axes with the origin at index N/2 (rounded down) on both sides, and
/// norm "ortho": unitary, so that its inverse is its adjoint. x is complex; axes of any size.
torch::Tensor centred_fft(const torch::Tensor& x);
torch::Tensor centred_ifft(const torch::Tensor& x);

}  // namespace voxprior
