#pragma once

#include <torch/types.h>

#include <array>
#include <cstdint>

#include "pipeline/calibration/ct_counts.h"
#include "pipeline/reconstruction/ramp_filter.h"

namespace voxprior {

/// How a CT scan that never was is taken: parallel beam (what scanners rebin their fans to), 180 degrees around the
/// axis through the middle of each slice, a detector column for each voxel.
struct CtScan {
  std::array<double, 3> spacing_mm{1, 1, 1};  ///< x, y, z
  std::int64_t views = 0;                     ///< 0: pi / 2 for each column, which samples views as finely as columns
  CtDose dose;                                ///< photons: of a ray without an object, the mean over all views
  double modulation = 0;  ///< of the tube current, 0 to 1: photons of a view ~ exp(modulation * its greatest p); 0.5
                          ///< gives the least mean variance (Gies et al., Med Phys 1999; 26:2235-2247)
  RampWindow kernel = RampWindow::hann;
  std::uint64_t seed = 0;
};

/// The noise of such a scan as filtered back-projection shows it: FBP(p_noisy - p) in 1/mm, [D,H,W] float32, of a
/// volume of attenuation [D,H,W] float32 in 1/mm. Each ray counts Poisson photons and electronic noise
/// (add_photon_noise()), so noise is correlated by the kernel, stronger behind bone, and a starved ray is a streak.
/// FBP being linear, the volume plus this is the noisy scan of an object that looks like the volume without noise.
/// The seed alone decides it. A few slices are worked on at a time. Throws Error(ExitCode::input) for a dose or
/// modulation that cannot be.
torch::Tensor ct_scan_noise(const torch::Tensor& attenuation, const CtScan& scan);

}  // namespace voxprior
