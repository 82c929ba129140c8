#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/latent_space.h"
#include "models/training/config.h"
#include "pipeline/noise/random.h"

namespace voxprior {

/// A clean scan to learn from.
struct TrainingVolume {
  std::string name;
  torch::Tensor voxels;                       ///< [D,H,W] float32, normalised intensity; of a latent [C,D,H,W]
  double voxel_min_mm = 1, voxel_max_mm = 1;  ///< shortest and longest voxel edge
};

/// What one training step sees; all on the CPU.
struct TrainingBatch {
  torch::Tensor clean;  ///< [N,C,D,H,W], one channel unless they are latents
  torch::Tensor noisy;  ///< [N,C,D,H,W] = clean + sigma * noise
  torch::Tensor sigma;  ///< [N]
};

/// Cuts, augments and noises samples. What it draws is a function of (seed, step) alone, so that a resumed run sees the
/// same data in the same order with no state to store.
class TrainingSource {
 public:
  virtual ~TrainingSource() = default;

  virtual TrainingBatch draw(std::int64_t step) const = 0;

  /// A clean, augmented sample [D,H,W]; of a latent [C,D,H,W].
  virtual torch::Tensor clean_sample(Random& random) const = 0;

  virtual std::vector<std::int64_t> sample_size() const = 0;  ///< {D, H, W}

  /// Shortest and longest voxel edge of what is drawn, of latents that of their volumes, in mm.
  virtual std::pair<double, double> voxel_edges_mm() const = 0;

  /// What the samples are latents of; null if they are volumes.
  virtual const LatentSpace* latent_space() const { return nullptr; }
};

/// Patches for a local network, whole volumes or their latents, made on `device`, for kind diffusion. Throws
/// Error(ExitCode::input) for volumes that will not do, Error(ExitCode::model) for an autoencoder that will not.
std::unique_ptr<TrainingSource> make_source(std::vector<TrainingVolume> volumes, const TrainingConfig& config,
                                            torch::Device device = torch::kCPU);

/// [D,H,W] -> [1,D,H,W]; a latent [C,D,H,W] stays as it is.
torch::Tensor with_channel(const torch::Tensor& sample);

/// Log-normal, a share of it log-uniform, within the range.
double draw_sigma(const TrainingConfig::Noise& noise, Random& random);

/// Shortest and longest voxel edge of some volumes, in mm.
std::pair<double, double> voxel_edges_mm(const std::vector<TrainingVolume>& volumes);

/// Root mean square of each of haar_features(), [9C] float32, over samples of the source.
torch::Tensor measure_feature_std(const TrainingSource& source, std::int64_t samples, std::uint64_t seed);

}  // namespace voxprior
