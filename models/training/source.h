#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/condition.h"
#include "models/latent_space.h"
#include "models/training/config.h"
#include "models/weights/conditioning.h"
#include "pipeline/noise/random.h"

namespace voxprior {

/// A scan to learn from: clean, or one whose noise is known.
struct TrainingVolume {
  std::string name;
  torch::Tensor voxels;          ///< [D,H,W] float32, normalised intensity; of a latent [C,D,H,W]
  Spacing spacing_mm{1, 1, 1};   ///< voxel edges along i, j, k: W, H, D
  std::string class_name = {};   ///< empty: not known
  torch::Tensor label_map = {};  ///< [D,H,W] uint8: 0 background, 1 the first of the configuration's labels ...
  torch::Tensor scan = {};       ///< [D,H,W] float32 on the same grid and in the same unit: its real noisy counterpart
  bool painted = false;  ///< patches show not the voxels but the labels, see paint_labels(); the voxels say where

  /// Of the noise in the voxels, normalised: [1], or [D,H,W] where it varies. Undefined: the scan is taken as clean.
  torch::Tensor sigma = {};
  /// More scans [D,H,W] of the same, with independent noise of the same sigma.
  std::vector<torch::Tensor> repeats = {};
};

/// A clean, augmented sample and what is known of it.
struct TrainingSample {
  torch::Tensor voxels;  ///< [D,H,W], shares of labels [1+labels,D,H,W] where these are drawn, or a latent [C,D,H,W]
  Spacing spacing_mm{1, 1, 1};     ///< along i, j, k
  std::int64_t class_number = -1;  ///< place in Conditioning::classes; -1: not told
  torch::Tensor mask = {};         ///< [1+labels,D,H,W] shares, see models/label_shares.h; undefined: not told
  torch::Tensor scan = {};         ///< [D,H,W] the same of the noisy counterpart, if the volume has one
};

/// What one training step sees; all on the CPU.
struct TrainingBatch {
  torch::Tensor clean;  ///< [N,C,D,H,W], one channel unless they are latents or shares of labels; what the network is
                        ///< to say. Of noisy scans: with noise that is independent of the one in `noisy`
  torch::Tensor noisy;  ///< [N,C,D,H,W] = clean + sigma * noise; of a bridge clean + sigma * (scan - clean)
  torch::Tensor sigma;  ///< [N]
  Condition condition = {};
  torch::Tensor scan = {};          ///< [N,1,D,H,W], of a bridge
  torch::Tensor target_noise = {};  ///< [N] mean square of the noise in `clean`; undefined: there is none
};

/// Cuts, augments and noises samples. What it draws is a function of (seed, step) alone, so that a resumed run sees the
/// same data in the same order with no state to store.
class TrainingSource {
 public:
  virtual ~TrainingSource() = default;

  virtual TrainingBatch draw(std::int64_t step) const = 0;

  virtual TrainingSample sample(Random& random) const = 0;

  /// The voxels of a sample.
  torch::Tensor clean_sample(Random& random) const { return sample(random).voxels; }

  virtual std::vector<std::int64_t> sample_size() const = 0;  ///< {D, H, W}

  /// Shortest and longest voxel edge of what is drawn, of latents that of their volumes, in mm.
  virtual std::pair<double, double> voxel_edges_mm() const = 0;

  /// What the samples are latents of; null if they are volumes.
  virtual const LatentSpace* latent_space() const { return nullptr; }
  /// What the network is to be told.
  virtual const Conditioning& conditioning() const = 0;
};

/// Patches for a local network, whole volumes or their latents, made on `device`, for kinds diffusion and gan. Throws
/// Error(ExitCode::input) for volumes that will not do, Error(ExitCode::model) for an autoencoder that will not.
std::unique_ptr<TrainingSource> make_source(std::vector<TrainingVolume> volumes, const TrainingConfig& config,
                                            torch::Device device = torch::kCPU);

/// [D,H,W] -> [1,D,H,W]; a latent [C,D,H,W] stays as it is.
torch::Tensor with_channel(const torch::Tensor& sample);

/// The batch with the same noise at other levels, sigma [N]. For noise that is added, as kinds diffusion and detail
/// have it.
TrainingBatch with_noise_at(const TrainingBatch& batch, const torch::Tensor& sigma);

/// Log-normal, a share of it log-uniform, within the range.
double draw_sigma(const TrainingConfig::Noise& noise, Random& random);

/// Shortest and longest voxel edge of some volumes, in mm.
std::pair<double, double> voxel_edges_mm(const std::vector<TrainingVolume>& volumes);

/// Mean of samples of a source of whole volumes, [C,D,H,W] float32.
torch::Tensor measure_mean(const TrainingSource& source, std::int64_t samples, std::uint64_t seed);

/// Root mean square of each of haar_features(), [9C] float32, over samples of the source, less `mean` if there is one.
/// Throws Error(ExitCode::input) if none differs from it.
torch::Tensor measure_feature_std(const TrainingSource& source, std::int64_t samples, std::uint64_t seed,
                                  const torch::Tensor& mean = {});

}  // namespace voxprior
