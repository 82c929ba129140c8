#pragma once

#include <optional>

#include "models/training/learned_schedule.h"
#include "models/training/learned_variance.h"
#include "models/training/objective.h"
#include "models/training/train_network.h"

namespace voxprior {

/// Denoising: E |D(x + sigma n, sigma) - x|^2 / Wiener risk(sigma), so that every noise level counts alike; or, with
/// noise.schedule "learned", the diffusion part of the variational bound in nats per voxel (LearnedSchedule). With
/// noise.learned_variance the variance of the reverse steps is learned beside (LearnedVariance).
class DenoisingObjective : public Objective {
 public:
  /// For a network that is to be told `conditioning`.
  DenoisingObjective(const TrainingRun& run, Conditioning conditioning);

  Unet initial_network() const override;
  torch::Tensor mean(const TrainingSource& source) const override;
  torch::Tensor feature_std(const TrainingSource& source, const torch::Tensor& mean) const override;
  HaarPreconditioner preconditioner(const torch::Tensor& feature_std, const torch::Tensor& mean) const override;
  torch::Tensor loss(Unet& network, const HaarPreconditioner& preconditioner, const TrainingBatch& batch,
                     std::int64_t step) override;
  std::vector<ValidationScore> score(Unet& network, const HaarPreconditioner& preconditioner,
                                     const std::vector<TrainingVolume>& volumes) override;
  bool takes_shares() const override { return !schedule_ && !variance_; }
  void follow(const Unet& network) override;
  TensorMap state() const override;
  TensorMap model_tensors() const override;
  void describe(ModelCard& card, const std::vector<ValidationScore>& scores) const override;

 private:
  TrainingConfig config_;
  Conditioning conditioning_;
  torch::Device device_;
  torch::ScalarType precision_;
  std::optional<LearnedSchedule> schedule_;
  std::optional<LearnedVariance> variance_;
  std::int64_t step_ = 0;  // that loss() was last called for
};

}  // namespace voxprior
