#pragma once

#include <torch/types.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "models/training/config.h"
#include "pipeline/noise/random.h"
#include "pipeline/noise/stabilise.h"

namespace voxprior {

/// A clean scan to learn from.
struct TrainingVolume {
  std::string name;
  torch::Tensor voxels;                       ///< [D,H,W] float32, normalised intensity
  double voxel_min_mm = 1, voxel_max_mm = 1;  ///< shortest and longest voxel edge
};

/// What one training step sees; all on the CPU.
struct TrainingBatch {
  torch::Tensor clean;  ///< [N,1,P,P,P]
  torch::Tensor noisy;  ///< [N,1,P,P,P] = clean + sigma * noise
  torch::Tensor sigma;  ///< [N]
};

/// Cuts, augments and noises patches. What it draws is a function of (seed, step) alone, so that a resumed run sees the
/// same data in the same order with no state to store.
class PatchSource {
 public:
  /// Throws Error(ExitCode::input) when there is no volume.
  PatchSource(std::vector<TrainingVolume> volumes, const DenoiserTrainingConfig& config);

  const std::vector<TrainingVolume>& volumes() const { return volumes_; }

  TrainingBatch draw(std::int64_t step) const;

  /// A clean, augmented patch [P,P,P]: patch `index` of the endless sequence behind draw().
  torch::Tensor clean_patch(Random& random) const;

 private:
  torch::Tensor crop(Random& random, std::int64_t side) const;
  double draw_sigma(Random& random) const;
  float expected(float nu) const;
  void add_noise(Random& random, const torch::Tensor& clean, torch::Tensor target, torch::Tensor noisy, double sigma,
                 std::uint64_t stream) const;

  std::vector<TrainingVolume> volumes_;
  std::vector<std::int64_t> cumulative_voxels_;  // volumes are drawn in proportion to their voxels
  DenoiserTrainingConfig config_;
  RicianStabiliser stabiliser_;
  std::vector<float> expected_;  // E[f(z)|nu] on a uniform grid of nu
};

/// Root mean square of each of haar_features(), [9] float32, over `patches` patches of the source.
torch::Tensor measure_feature_std(const PatchSource& source, std::int64_t patches, std::uint64_t seed);

}  // namespace voxprior
