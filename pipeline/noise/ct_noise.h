#pragma once

#include <array>
#include <cstdint>

#include "pipeline/noise/local_noise.h"

namespace voxprior {

/// The noise of a CT volume in soft tissue, in HU: its total standard deviation, however correlated it is within the
/// planes, which a wavelet's finest band cannot tell.
///
/// The standard deviation about a fitted plane is taken in windows of 7 x 7 voxels within a slice whose mean is between
/// -50 and 150 HU; windows with edges have a large one, so the result is the most frequent: the mode of the histogram.
/// Christianson et al. Automated technique to measure noise in clinical CT examinations. AJR 2015; 205:W93.
/// Over 20 windows of soft tissue are needed; with fewer, all windows above -950 HU are taken, and 0 is returned where
/// even those are too few. i runs fastest; no NaN.
double estimate_ct_noise(const float* hounsfield, std::array<std::int64_t, 3> size_ijk);

/// How that noise varies over the volume: between shoulders and lungs, middle and skin, with the tube current. Around
/// nodes 12 voxels apart in the plane and 4 slices across, the standard deviation that a quarter of the windows of soft
/// tissue stay below; all are scaled such that the median over the windows is estimate_ct_noise(), and kept
/// within their 5th and 95th percentile. Where there is no
/// soft tissue (air, lungs, bone) the nodes around say it. HU.
LocalNoise local_ct_noise(const float* hounsfield, const std::array<std::int64_t, 3>& size_ijk);

}  // namespace voxprior
