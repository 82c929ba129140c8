#pragma once

#include <map>
#include <string>
#include <vector>

#include "models/gan/patch_critic.h"
#include "models/training/denoising.h"
#include "models/training/optimiser.h"

namespace voxprior {

/// A denoiser that is to look real: mean absolute error over the Wiener filter's, and gan.adversarial times the
/// relativistic pairing loss of a PatchCritic that is told the noisy patch and its sigma, with R1 and R2. The network
/// is any local Unet and is used as one: `denoise` knows no difference. The critic stays in the checkpoint.
class AdversarialObjective final : public DenoisingObjective {
 public:
  explicit AdversarialObjective(const TrainingRun& run);

  torch::Tensor loss(Unet& network, const HaarPreconditioner& preconditioner, const TrainingBatch& batch,
                     std::int64_t step) override;
  void describe(ModelCard& card, const std::vector<ValidationScore>& scores) const override;
  TensorMap state() const override;
  std::map<std::string, double> terms() const override { return terms_; }
  bool takes_shares() const override { return false; }  // the critic learns from the batch

 private:
  void teach_critic(const torch::Tensor& estimate, const TrainingBatch& batch, const torch::Tensor& feature_std,
                    std::int64_t step);
  torch::Tensor penalty(const torch::Tensor& scores, const torch::Tensor& candidate, const torch::Tensor& sigma) const;

  TrainingConfig config_;
  torch::ScalarType precision_;
  PatchCritic critic_{nullptr};
  std::optional<Optimiser> critic_optimiser_;
  std::map<std::string, double> terms_;
};

/// Trains a denoising GAN from random weights. Files and errors: run_training().
void train_denoising_gan(const TrainingRun& run, std::vector<TrainingVolume> training,
                         const std::vector<TrainingVolume>& validation, const TrainingObserver& observer);

}  // namespace voxprior
