#include "workflows/denoiser_at_noise.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace voxprior {

DenoiserAtNoise::DenoiserAtNoise(const DenoiseSession& session, const DenoisePlan& plan,
                                 const std::vector<float>& sigma)
    : session_(session), plan_(plan) {
  const ModelFacts& model = session.model();
  bool weaker = false;
  for (const float s : sigma) {
    const double level = std::clamp<double>(s, model.sigma_min, model.sigma_max);
    evaluated_.push_back(static_cast<float>(level));
    reached_.push_back(std::min(s, static_cast<float>(model.sigma_max)));
    share_.push_back(static_cast<float>(std::min(1., s * s / (level * level))));
    weaker = weaker || s < level;
    stronger_ = stronger_ || s > level;
  }
  if (!weaker) share_.clear();
}

void DenoiserAtNoise::denoise(std::vector<float>& x, ProgressDisplay& progress) const {
  const std::vector<float> noisy = share_.empty() ? std::vector<float>() : x;
  if (evaluated_.size() == 1) {
    session_.denoise(x, plan_, static_cast<double>(evaluated_[0]), progress);
  } else {
    session_.denoise(x, plan_, evaluated_, progress);
  }
  for (size_t i = 0; i < noisy.size(); ++i) x[i] = noisy[i] + share_[share_.size() == 1 ? 0 : i] * (x[i] - noisy[i]);
}

void DenoiserAtNoise::sample(std::vector<float>& x, const SampleSettings& settings, ProgressDisplay& progress) const {
  session_.sample(x, plan_, reached_, settings, progress);
}

std::vector<std::string> DenoiserAtNoise::notices() const {
  std::vector<std::string> notices;
  if (!share_.empty()) {
    const double applied = std::accumulate(share_.begin(), share_.end(), 0.) / static_cast<double>(share_.size());
    notices.push_back("the noise is weaker than any the model was trained on: only " +
                      std::to_string(std::lround(100 * applied)) + " % of its change is applied");
  }
  if (stronger_) {
    notices.push_back("the noise is stronger than any the model was trained on: some of it will remain");
  }
  return notices;
}

}  // namespace voxprior
