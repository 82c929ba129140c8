#pragma once

#include <torch/types.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "models/training/augment.h"
#include "models/training/source.h"
#include "pipeline/noise/stabilise.h"

namespace voxprior {

/// Patches of random place, orientation, resolution and intensity, for a local network.
class PatchSource : public TrainingSource {
 public:
  PatchSource(std::vector<TrainingVolume> volumes, const TrainingConfig& config);

  TrainingBatch draw(std::int64_t step) const override;
  TrainingSample sample(Random& random) const override;
  std::vector<std::int64_t> sample_size() const override { return std::vector(3, config_.training.patch); }
  std::pair<double, double> voxel_edges_mm() const override { return voxprior::voxel_edges_mm(volumes_); }
  const Conditioning& conditioning() const override { return conditioning_; }

 private:
  using Sides = std::array<std::int64_t, 3>;  // D, H, W

  /// A box within a volume.
  struct Cut {
    const TrainingVolume* volume = nullptr;
    Sides start{}, sides{};

    torch::Tensor of(const torch::Tensor& x) const;
  };
  Cut random_cut(Random& random, const Sides& sides) const;
  /// A patch before its orientation, and where it was cut.
  struct Patch {
    Cut cut;
    torch::Tensor voxels;
    Orientation orientation;
  };
  Patch cube(Random& random) const;
  Patch slices(Random& random) const;
  static torch::Tensor clean_voxels(const Cut& cut, Random& random);
  float expected(float nu) const;
  void add_noise(Random& random, const torch::Tensor& clean, torch::Tensor target, torch::Tensor noisy, double sigma,
                 std::uint64_t stream) const;

  std::vector<TrainingVolume> volumes_;
  std::vector<std::int64_t> cumulative_voxels_;  // volumes are drawn in proportion to their voxels
  TrainingConfig config_;
  Conditioning conditioning_;
  RicianStabiliser stabiliser_;
  std::vector<float> expected_;  // E[f(z)|nu] on a uniform grid of nu
};

}  // namespace voxprior
