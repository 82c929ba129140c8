#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/noise/kernel_texture.h"
#include "workflows/cli/progress.h"

namespace voxprior {

/// The settings that a denoising session is opened with.
struct SessionOptions {
  std::string model_file;
  std::string device = "auto";        ///< auto | cpu | cuda; auto takes a GPU if there is one
  std::string precision = "float32";  ///< auto | float32 | bfloat16, for the layers between the first and the last
  int mirrors = 1;                    ///< mirror images to average the estimate over: 1, 2, 4 or 8
  int threads = 1;
};

/// How the card of a bridge advises to follow it.
struct BridgeFacts {
  std::string sampler;
  int steps = 1;
};

/// How a bridge is followed (pipeline/bridge/).
struct BridgeRun {
  std::string sampler;
  int steps = 1;
  double strength = 1;       ///< how far: 0 not at all, 1 to its end
  bool draws_noise = false;  ///< whether the seed matters
  std::uint64_t seed = 0;
};

/// What a command needs to know of a model, without LibTorch.
struct ModelFacts {
  std::string name;
  std::string sha256;    ///< of the model file
  std::string modality;  ///< "mr", "ct" or "any"
  std::string training_data;
  double sigma_min = 0, sigma_max = 0;        ///< noise trained on, in normalised intensity
  double voxel_min_mm = 0, voxel_max_mm = 0;  ///< voxel edges trained on
  std::optional<BridgeFacts> bridge = {};     ///< if it is no denoiser but a bridge
};

/// How a volume will be worked through.
struct DenoisePlan {
  std::array<std::int64_t, 3> size{};  ///< of the volume, along i, j, k
  std::array<std::int64_t, 3>
      tile{};  ///< largest tile without halo, along i, j, k; the volume's size when it is done whole
  std::int64_t tiles = 1;
  double peak_bytes = 0;  ///< estimated memory of the evaluation, beside the volumes themselves
};

/// A draw of the clean volumes that could be behind a noisy one.
struct SampleSettings {
  int steps = 2;               ///< evaluations of the network
  std::uint64_t seed = 0;      ///< of all samples
  int number = 0;              ///< of this sample, from 0: its noise is that of seed + number
  KernelTexture texture = {};  ///< of the noise; white unless a CT scan's kernel was seen
};

/// A loaded model, ready to work. Lives in the compute module, so everything here is virtual and free of LibTorch.
class DenoiseSession {
 public:
  virtual ~DenoiseSession() = default;

  virtual const ModelFacts& model() const = 0;
  virtual std::string device() const = 0;     ///< "cpu" or "cuda:0"
  virtual std::string precision() const = 0;  ///< "float32" or "bfloat16"

  /// Chooses tiles that stay below `memory_bytes`; `tile` > 0 asks for cubes of that many voxels instead.
  /// Throws Error(ExitCode::resources) when even the smallest tile needs more.
  virtual DenoisePlan plan(std::array<std::int64_t, 3> size, double memory_bytes, std::int64_t tile) const = 0;

  /// Replaces voxels (i fastest, normalised intensity) by D(voxels, sigma). Tells `progress` after each tile.
  virtual void denoise(std::vector<float>& voxels, const DenoisePlan& plan, double sigma,
                       ProgressDisplay& progress) const = 0;

  /// The same with a sigma for each voxel, which varies slowly: evaluated at a few levels
  /// (pipeline/core/varying_sigma.h).
  virtual void denoise(std::vector<float>& voxels, const DenoisePlan& plan, const std::vector<float>& sigma,
                       ProgressDisplay& progress) const = 0;

  /// Replaces voxels by a sample of p(clean | voxels): pipeline/samplers/posterior_sample.h. `sigma` holds one number
  /// for all voxels or one for each, at most sigma_max and above 0, also below sigma_min (pipeline/core/weak_noise.h).
  /// Where the estimate is averaged over mirror images, sample n is drawn with one of them, the n-th of as many in
  /// turn.
  virtual void sample(std::vector<float>& voxels, const DenoisePlan& plan, const std::vector<float>& sigma,
                      const SampleSettings& settings, ProgressDisplay& progress) const = 0;

  /// Of a bridge: replaces voxels by where `run` leads from them.
  virtual void follow_bridge(std::vector<float>& voxels, const DenoisePlan& plan, const BridgeRun& run,
                             ProgressDisplay& progress) const = 0;
};

/// Loads LibTorch (2 s), then the model. Throws Error: ExitCode::model for a bad model file, ExitCode::resources when
/// the device is not there.
std::unique_ptr<DenoiseSession> open_denoise_session(const SessionOptions& options);

}  // namespace voxprior

/// What the compute module exports for open_denoise_session; the caller owns the result.
extern "C" voxprior::DenoiseSession* voxprior_open_denoise_session(const voxprior::SessionOptions& options);
