#pragma once

#include "models/training/objective.h"
#include "models/training/train_network.h"

namespace voxprior {

/// To predict the clean volume from any point of the bridge to its scan: E |f(x, a) - x0|^2 over the points that
/// BridgeSource draws, each divided by the error that the band-wise Wiener filter would make at that share, so that
/// every share counts alike. The mean of the clean volumes behind a point is what minimises it, which is what makes the
/// flow of sample_drift_implied() carry scans to clean volumes.
class BridgeObjective final : public Objective {
 public:
  explicit BridgeObjective(const TrainingRun& run);

  Unet initial_network() const override;
  /// Measures the root mean square of scan - clean, too, which the preconditioner is made of.
  torch::Tensor feature_std(const TrainingSource& source, const torch::Tensor& mean) const override;
  HaarPreconditioner preconditioner(const torch::Tensor& feature_std, const torch::Tensor& mean) const override;
  torch::Tensor loss(Unet& network, const HaarPreconditioner& preconditioner, const TrainingBatch& batch,
                     std::int64_t step) override;

  /// Each volume by one-step and by the sampler of the configuration, from its scan or, where it has none, from
  /// simulated ones.
  bool takes_shares() const override { return true; }
  std::vector<ValidationScore> score(Unet& network, const HaarPreconditioner& preconditioner,
                                     const std::vector<TrainingVolume>& volumes) override;
  void describe(ModelCard& card, const std::vector<ValidationScore>& scores) const override;

  TensorMap state() const override { return {{"noise_std", noise_std_}}; }

 private:
  TrainingConfig config_;
  torch::Device device_;
  torch::ScalarType precision_;
  torch::Tensor noise_std_ = torch::ones({HaarPreconditioner::kFeatures});  // measured or restored before use
};

/// Trains a bridge, from random weights, on the pairs that `training` holds or on simulated ones. Files and errors:
/// run_training(); Error(ExitCode::input) for a pair without a difference.
void train_bridge(const TrainingRun& run, std::vector<TrainingVolume> training,
                  const std::vector<TrainingVolume>& validation, const TrainingObserver& observer);

}  // namespace voxprior
