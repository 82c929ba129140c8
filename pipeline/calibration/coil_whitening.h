#pragma once

#include <torch/types.h>

namespace voxprior {

/// What makes the noise of coils white: W = sqrt(t) L^-1 with the covariance L L^H of the noise samples and their mean
/// power t over the coils, so that W changes the scale of the noise as little as it can.
struct CoilWhitening {
  torch::Tensor matrix;  ///< W [C,C] complex64; W n has covariance t I
  double sigma = 0;      ///< sqrt(t / 2), the standard deviation of each part of W n
};

/// From noise [C,n] complex64. Throws Error(ExitCode::input) when there are fewer samples than 2 C, or a coil has no
/// noise of its own (the covariance is singular).
/// Roemer et al., The NMR phased array. Magnetic Resonance in Medicine 16:192-225, 1990.
CoilWhitening coil_whitening(const torch::Tensor& noise);

/// W y along the first axis of y [C,...] complex64: of k-space and of coil maps alike.
torch::Tensor whitened(const CoilWhitening& whitening, const torch::Tensor& y);

}  // namespace voxprior
