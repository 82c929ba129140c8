#pragma once

#include <array>
#include <cstdint>

namespace voxprior {

/// How the noise of a CT volume is correlated by its reconstruction kernel and by slices that overlap.
struct KernelTexture {
  bool seen = false;   ///< false: too little soft tissue to tell; the rest is then of white noise
  double cutoff = 0;   ///< of NPS(f) ~ f exp(-2 (f / cutoff)^2) in the plane, cycles per voxel; 0: white noise
  double overlap = 0;  ///< share that each slice takes of both its neighbours, 0 to 0.25

  bool white() const { return !seen || cutoff == 0; }
};

/// The model of reconstruction_noise() that fits the noise in soft tissue best.
///
/// In windows of 9 x 9 voxels of a slice whose mean is between -50 and 150 HU, and whose deviation about a fitted plane
/// is no more than a fifth above `sigma` (more holds an edge), the correlation of what the plane leaves is taken at
/// distances of 1 to 4 voxels along both axes. Compared with it is what a plane would leave of noise of each kernel,
/// P C P for the covariance C and the projection P, so that windows may be small. The overlap follows from the
/// correlation of such windows of two neighbouring slices. `sigma` in HU, as survey_ct_noise() finds it; i runs
/// fastest; no NaN. At least 60 windows are needed.
KernelTexture kernel_texture(const float* hounsfield, const std::array<std::int64_t, 3>& size_ijk, double sigma);

}  // namespace voxprior
