#pragma once

#include <torch/types.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "models/training/patches.h"

namespace voxprior {

/// Points of bridges between clean patches and their noisy counterparts, which are real ones where the volumes have
/// them and simulated otherwise (simulate_scan()).
class BridgeSource : public TrainingSource {
 public:
  /// Throws Error(ExitCode::input) unless all volumes have a scan, or none.
  BridgeSource(std::vector<TrainingVolume> volumes, const TrainingConfig& config);

  /// batch.noisy = clean + a (scan - clean), batch.sigma = a: 1 with the probability config.bridge.at_scan, else
  /// uniform in 0.01 .. 1. A share config.bridge.perturbed has white noise of a standard deviation drawn uniformly
  /// below epsilon sqrt(a) besides.
  TrainingBatch draw(std::int64_t step) const override;

  TrainingSample sample(Random& random) const override { return patches_.sample(random); }
  std::vector<std::int64_t> sample_size() const override { return patches_.sample_size(); }
  std::pair<double, double> voxel_edges_mm() const override { return patches_.voxel_edges_mm(); }
  const Conditioning& conditioning() const override { return patches_.conditioning(); }

 private:
  double random_share(Random& random) const;
  torch::Tensor perturbed(const torch::Tensor& x, double share, Random& random) const;

  TrainingConfig config_;
  PatchSource patches_;
};

/// Root mean square of scan - clean over the voxels of the clean volume above 0.02: what a bridge has to remove.
double scan_noise(const TrainingVolume& pair);

}  // namespace voxprior
