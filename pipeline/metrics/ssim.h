#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace voxprior {

struct Ssim {
  double mean = 0;          ///< over the mask; 1 for identical volumes
  double peak = 0;          ///< the data range L used
  std::int64_t voxels = 0;  ///< size of the mask
};

/// Structural similarity in 3D, averaged over the voxels where mask is not 0 (nullptr: all).
///
///   SSIM = (2 mx my + C1) (2 sxy + C2) / ((mx^2 + my^2 + C1) (sx^2 + sy^2 + C2)),  C1 = (0.01 L)^2, C2 = (0.03 L)^2
///
/// with Gaussian-weighted local moments: standard deviation 1.5 voxels, 11 x 11 x 11 taps, population variances. At the
/// border of the volume the window is cut and its weights normalised again. L is `peak`; i runs fastest.
/// Throws Error(ExitCode::input) when the mask is empty or peak <= 0. The result does not depend on `threads` (0: all).
/// Wang et al., Image quality assessment: from error visibility to structural similarity. IEEE TIP 2004; 13:600-612.
Ssim ssim_3d(const float* reference, const float* test, std::array<std::int64_t, 3> size_ijk, double peak,
             const std::uint8_t* mask = nullptr, int threads = 0);

/// The same at every voxel, [k][j][i] like the volumes.
std::vector<float> ssim_map_3d(const float* reference, const float* test, std::array<std::int64_t, 3> size_ijk,
                               double peak, int threads = 0);

/// Means over all voxels of SSIM and of its second factor, (2 sxy + C2) / (sx^2 + sy^2 + C2).
struct SsimMeans {
  double ssim = 0, contrast_structure = 0;
};

SsimMeans ssim_means_3d(const float* reference, const float* test, std::array<std::int64_t, 3> size_ijk, double peak,
                        int threads = 0);

}  // namespace voxprior
