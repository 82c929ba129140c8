#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "pipeline/noise/estimate.h"
#include "pipeline/noise/local_noise.h"
#include "pipeline/noise/noise_texture.h"

namespace voxprior {

/// All that one volume tells of its noise, with how far to trust it. Confidences are 0 to 1.
struct NoiseSurvey {
  NoiseEstimate whole;  ///< kind, and the strength of white, even noise
  NoiseTexture texture;
  bool texture_doubted = false;  ///< spectra of correlated noise were found and left out: somewhere the tissue is
                                 ///< quieter than such noise can be, so that anatomy has gone into them
  LocalNoise local;

  double sigma = 0;  ///< of each real channel: that of the spectra for correlated noise, the root mean square of the
                     ///< map where noise varies, else that of the whole
  double sigma_confidence = 0;  ///< 1 - the largest ln-ratio between what the wavelet band, the spectra, the map and
                                ///< the air say, where at least two speak; else 0.5
  std::string message;          ///< what a user should know, one line, or empty

  bool correlated() const { return texture.seen && !texture.white() && texture.confidence >= kTrusted; }
  /// The air shows far more noise than the object.
  bool denoised_before() const;
  bool varies() const { return !correlated() && local.seen && local.varies; }

  static constexpr double kTrusted = 0.75;  ///< confidence in a spectrum from which on it is made use of
};

/// i runs fastest; no NaN. About 1 s for 7 million voxels. Correlated noise is taken to be even over the volume.
NoiseSurvey survey_noise(const float* voxels, const std::array<std::int64_t, 3>& size_ijk,
                         NoiseKind kind = NoiseKind::automatic);

/// "70 x 70 x 100 % of k-space, tapered by 0.46 x 0.46 x 0": a filter in words.
std::string in_words(const KspaceFilter& filter);

}  // namespace voxprior
