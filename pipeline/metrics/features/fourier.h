#pragma once

#include <complex>
#include <vector>

#include "pipeline/metrics/features/image.h"

namespace voxprior {

using Spectrum = std::vector<std::complex<float>>;  ///< as many as voxels, i fastest, frequency 0 first on each axis

/// The discrete Fourier transform in 3D, without a factor. Sizes with small prime factors are fast.
Spectrum fourier_transform(const Image& image);

}  // namespace voxprior
