#pragma once

#include <array>
#include <cstdint>

#include "pipeline/noise/kspace_filter.h"

namespace voxprior {

/// How the noise of a volume is correlated, as the filter of k-space that would make it of white noise.
struct NoiseTexture {
  bool seen =
      false;  ///< false: the volume is too small, or its noise too weak, to tell; the rest is then of white noise
  KspaceFilter filter;       ///< square root of the noise power spectrum, 1 at frequency 0; no partial Fourier
  double sigma_in_band = 0;  ///< standard deviation that the noise had before the filter
  double sigma = 0;          ///< and has in the volume
  double confidence = 0;     ///< 1 - root mean square of the relative misfit of the spectra, 0 to 1

  bool white() const { return !seen || filter.keeps_all(); }
};

/// The noise power spectrum along each axis, from the object itself.
///
/// Along the two other axes second differences are taken, which hardly see anatomy; along the axis, the power of
/// windows of 32 voxels (16 on short axes) under a Hann taper, the median over the quarter of the windows inside
/// the object (voxels above `threshold`) that change least. To it is fitted
///
///   P(f) = A W^2(f) + B + C / f^2,   A, B, C >= 0,   W of a KspaceFilter (kept, taper), seen through the taper,
///
/// B for what is white beside it and C for what is left of anatomy. Where the windows are less alike than noise is,
/// anatomy is stronger than the noise, and nothing is said. White noise is what is found unless another filter
/// fits the three spectra clearly better. i runs fastest; no NaN.
NoiseTexture noise_texture(const float* voxels, const std::array<std::int64_t, 3>& size_ijk, double threshold);

}  // namespace voxprior
