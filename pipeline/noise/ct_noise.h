#pragma once

#include <array>
#include <cstdint>

#include "pipeline/noise/local_noise.h"

namespace voxprior {

/// The noise of a CT volume in soft tissue, in HU.
struct CtNoise {
  double even_sigma = 0;  ///< its most frequent standard deviation; 0 where too little is seen
  LocalNoise local;       ///< how it varies over the volume

  double sigma() const { return local.varies ? local.typical : even_sigma; }
};

/// sigma is the total standard deviation, however correlated the noise is within the planes, which a wavelet's finest
/// band cannot tell.
///
/// The standard deviation about a fitted plane is taken in windows of 7 x 7 voxels within a slice whose mean is between
/// -50 and 150 HU; windows with edges have a large one, so `even_sigma` is the most frequent: the mode of the
/// histogram. Christianson et al. Automated technique to measure noise in clinical CT examinations. AJR 2015; 205:W93.
/// Over 20 windows of soft tissue are needed; with fewer, all windows above -950 HU are taken, and it is 0 where even
/// those are too few.
///
/// It varies between shoulders and lungs, middle and skin, with the tube current. Around nodes 12 voxels apart in the
/// plane and 4 slices across, the deviation that a quarter of the windows of soft tissue stay below is taken; all are
/// scaled such that their median over the windows is `even_sigma`, and kept within their 5th and 95th percentile. Where
/// there is no soft tissue (air, lungs, bone) the nodes around say it. i runs fastest; no NaN.
CtNoise survey_ct_noise(const float* hounsfield, const std::array<std::int64_t, 3>& size_ijk);

}  // namespace voxprior
