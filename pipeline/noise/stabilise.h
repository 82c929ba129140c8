#pragma once

#include <cstddef>
#include <vector>

namespace voxprior {

/// A variance-stabilising transform for Rician magnitudes, and its exact unbiased inverse.
///
/// forward(z) turns z ~ Rician(nu, 1) into a value whose standard deviation is near 1 for every nu (0.986 to 1.042), so
/// that a denoiser made for white Gaussian noise fits. The denoiser then estimates E[forward(z) | nu], which is not
/// forward(nu): inverse() maps that expectation, not the transform, back to nu, so that flat regions keep their mean.
/// Foi, Noise estimation and removal in MR imaging: the variance-stabilization approach. ISBI 2011.
///
/// The constant of integration is chosen so that forward(z) - z -> 0 far from 0: intensities well above the noise stay
/// what they are. forward(0) is therefore negative. Immutable; building the tables takes some 40 ms.
class RicianStabiliser {
 public:
  RicianStabiliser();

  float forward(float z_over_sigma) const;      ///< f(z), rising; z >= 0
  double expected(double nu_over_sigma) const;  ///< E[f(z) | nu]: numerical expectation up to nu = 12, then its series
  float inverse(float d) const;                 ///< nu with expected(nu) = d; 0 for d <= expected(0)

  /// The same on whole buffers in place, in the unit of the data: sigma f(z / sigma) has standard deviation sigma.
  /// sigma > 0; threads 0 means every core.
  void forward(float* voxels, std::size_t n, double sigma, int threads = 0) const;
  void inverse(float* voxels, std::size_t n, double sigma, int threads = 0) const;

  /// With a sigma > 0 for each voxel.
  void forward(float* voxels, std::size_t n, const float* sigma, int threads = 0) const;
  void inverse(float* voxels, std::size_t n, const float* sigma, int threads = 0) const;

 private:
  std::vector<float> forward_;     ///< f on a uniform grid of z from 0
  std::vector<float> nu_squared_;  ///< nu^2 on a uniform grid of d from expected(0): straight where nu is not
  float expected_at_zero_ = 0;
};

}  // namespace voxprior
