#pragma once

#include <torch/types.h>

#include <array>
#include <cstdint>
#include <vector>

#include "models/training/source.h"

namespace voxprior {

/// What a denoiser learns from instead of a clean scan: noisier input and a target whose noise is independent of it.
struct Recorrupted {
  torch::Tensor noisier;  ///< z, noise of one level everywhere
  torch::Tensor target;   ///< t
};

/// Of a scan y = x + s e with Gaussian noise of known s, and n of the same distribution as e, independent of it:
///
///   z = y + A n,   t = y - (s^2 / A) n,   A^2 = level^2 - s^2.
///
/// The noises of z and t are Gaussian and uncorrelated (s^2 - A s^2 / A = 0), so independent, and
/// E |D(z) - t|^2 = E |D(z) - x|^2 + E s^2 (1 + s^2 / A^2): what minimises it is E[x | z], as if x were known.
/// Pang et al., Recorrupted-to-Recorrupted: unsupervised deep learning for image denoising, CVPR 2021; with a level
/// above s, the exact form of Noisier2Noise (Moran et al., CVPR 2020). Where s varies, A does, and z does not.
///
/// y [D,H,W], s [D,H,W] or [1] below `level`. Voxels of y that are exactly 0 are blanked background without noise; they
/// are 0 in z and t.
Recorrupted recorrupt(const torch::Tensor& y, const torch::Tensor& s, const torch::Tensor& n, double level);

/// Mean square of the noise of recorrupt()'s target, s (e - s n / A), in the voxels that are not background; that of n
/// is the one drawn, that of e the expected one.
double target_noise(const torch::Tensor& y, const torch::Tensor& s, const torch::Tensor& n, double level);

/// Patches of noisy scans (TrainingVolume::sigma) for a local network: noisier input and noisy targets, in random
/// place, orientation and intensity. What would change the noise (resampling, curves) is not done to them.
///
/// A scan without repeats is recorrupted. Its patches come in pairs that differ in the sign of n: in the sum of their
/// losses n (y - D), which has no expectation but most of the variance, cancels. What remains is Stein's unbiased risk
/// with its divergence as a central difference (Ramani et al., IEEE Trans Image Process 2008; 17:1540), but exact for
/// steps of any size. The level is s sqrt(1 + a^2), s the largest in the patch, ln a uniform in noise.added.
///
/// Of a scan with repeats one gives the input and the mean of all others is the target (Lehtinen et al., Noise2Noise,
/// ICML 2018); noise is added to half of the inputs only, so nothing need be known of its distribution.
class RecorruptedSource : public TrainingSource {
 public:
  /// Throws Error(ExitCode::input) for a volume that has no sigma.
  RecorruptedSource(std::vector<TrainingVolume> volumes, const TrainingConfig& config);

  TrainingBatch draw(std::int64_t step) const override;
  TrainingSample sample(Random& random) const override;  ///< noisy
  std::vector<std::int64_t> sample_size() const override { return std::vector(3, config_.training.patch); }
  std::pair<double, double> voxel_edges_mm() const override { return voxprior::voxel_edges_mm(volumes_); }
  const Conditioning& conditioning() const override { return conditioning_; }

 private:
  /// Patches [F,D,H,W] of a scan and its repeats, with the sigma of their noise, [1] or [D,H,W].
  struct NoisyPatch {
    torch::Tensor scans, sigma;
  };
  NoisyPatch patch(Random& random) const;
  /// Fills the batch from number `first` on with one place of one scan; returns the next number.
  std::int64_t draw_from_one_place(std::int64_t first, std::uint64_t stream, TrainingBatch& batch) const;

  std::vector<TrainingVolume> volumes_;
  std::vector<torch::Tensor> tissue_;            // of each volume, bool [D,H,W]: where a patch may be centred
  std::vector<std::int64_t> cumulative_voxels_;  // volumes are drawn in proportion to their voxels
  TrainingConfig config_;
  Conditioning conditioning_;  // none
};

}  // namespace voxprior
