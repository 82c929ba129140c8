#pragma once

#include <torch/types.h>

#include <functional>

#include "pipeline/core/denoiser.h"

namespace voxprior {

/// A Denoiser for images as operators know them, [D,H,W], real or complex, in normalised intensity.
using ImageDenoiser = std::function<torch::Tensor(const torch::Tensor& u, double sigma)>;

/// For real u of any floating-point type.
ImageDenoiser real_image_denoiser(Denoiser denoise);

/// For complex u, out of a denoiser that was trained on magnitude images:
///
///   e^{i phase} (D(Re v) + i D(Im v)),   v = e^{-i phase} u
///
/// `phase` is the unit-modulus image e^{i phase} [D,H,W] of low_resolution_phase(). Turned by it, the anatomy is in the
/// real part, where it looks like the magnitude images that D knows, and noise in both parts stays Gaussian and white
/// with the same sigma. The imaginary part holds what phase the estimate missed, small and of the same shape as the
/// anatomy. Denoising magnitude and phase instead would break both: the noise of a magnitude is Rician, and phase
/// wraps.
ImageDenoiser complex_image_denoiser(Denoiser denoise, torch::Tensor phase);

/// e^{i phase} of u [D,H,W] complex, smoothed: u filtered by a Hann window over the central `fraction` of each axis of
/// its spectrum, divided by its magnitude; 1 where that is 0. The phase estimate of homodyne reconstruction: Noll et
/// al., IEEE Transactions on Medical Imaging 10:154-163, 1991.
torch::Tensor low_resolution_phase(const torch::Tensor& u, double fraction);

}  // namespace voxprior
