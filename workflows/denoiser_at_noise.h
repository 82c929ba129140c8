#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workflows/cli/progress.h"
#include "workflows/compute/denoise_session.h"

namespace voxprior {

/// A session's denoiser at the noise of one volume, which may lie outside the levels that the model was trained on.
///
/// Above them the strongest is taken, and noise remains. Below them the change at the weakest is scaled down: by
/// Tweedie's formula D(x, sigma) - x = sigma^2 grad log p, and the gradient varies slowly where noise is weak. So the
/// weaker the noise, the less is done.
class DenoiserAtNoise {
 public:
  /// `sigma` holds one level for all voxels, or one for each, in normalised intensity. Keeps references to the session
  /// and the plan.
  DenoiserAtNoise(const DenoiseSession& session, const DenoisePlan& plan, const std::vector<float>& sigma);

  /// Replaces x (i fastest, normalised intensity) by D(x, sigma).
  void denoise(std::vector<float>& x, ProgressDisplay& progress) const;

  /// Replaces x by a sample of the clean volumes that could be behind it; see DenoiseSession::sample.
  void sample(std::vector<float>& x, const SampleSettings& settings, ProgressDisplay& progress) const;

  const std::vector<float>& sigma() const { return reached_; }  ///< what is removed: one number, or one for each voxel
  std::vector<std::string> notices() const;                     ///< what the user should know of the levels

 private:
  const DenoiseSession& session_;
  const DenoisePlan& plan_;
  std::vector<float> reached_;    // no stronger than any trained on
  std::vector<float> evaluated_;  // the nearest level trained on
  std::vector<float> share_;      // of the change that is applied; empty: all of it
  bool stronger_ = false;         // some noise is stronger than any trained on
};

}  // namespace voxprior
