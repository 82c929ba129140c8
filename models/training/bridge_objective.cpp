#include "models/training/bridge_objective.h"

#include <torch/utils.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "models/network_file.h"
#include "models/precision.h"
#include "models/training/bridge_source.h"
#include "models/training/simulated_scan.h"
#include "pipeline/bridge/path.h"
#include "pipeline/bridge/registry.h"
#include "pipeline/samplers/step_noise.h"

namespace voxprior {
namespace {

constexpr std::int64_t kFeatureStdSamples = 256;
constexpr double kLeastStd = 1e-4;  // of a band in which scans and clean volumes hardly differ
constexpr const char* kBaseline = "one-step";

/// A held-out scan and what is behind it, on the CPU.
struct HeldOut {
  torch::Tensor clean, scan;  // [D,H,W]
  double sigma = 0;
};

std::vector<HeldOut> held_out(const TrainingVolume& volume, std::uint64_t number, const TrainingConfig& config,
                              std::int64_t alignment) {
  const std::int64_t crop = validation_crop(config);
  const torch::Tensor clean = central_crop(volume.voxels, crop, alignment);
  if (clean.numel() == 0) return {};
  if (volume.scan.defined()) return {{clean, central_crop(volume.scan, crop, alignment)}};
  std::vector<HeldOut> pairs;
  for (const double sigma : validation_sigmas(config.kind))
    pairs.push_back({clean, simulate_plain_scan(clean, config, sigma, number).noisy, sigma});
  return pairs;
}

std::string words_of(const std::string& sampler, std::int64_t steps) {
  return sampler == kBaseline ? sampler : sampler + "-" + std::to_string(steps);
}

}  // namespace

BridgeObjective::BridgeObjective(const TrainingRun& run)
    : config_(run.config),
      device_(run.device),
      precision_(choose_precision(run.config.training.precision, run.device)) {}

Unet BridgeObjective::initial_network() const {
  torch::manual_seed(static_cast<std::uint64_t>(config_.training.seed));
  Unet network(config_.model.widths);
  network->to(device_);
  return network;
}

torch::Tensor BridgeObjective::feature_std(const TrainingSource& source, const torch::Tensor& /*mean*/) const {
  torch::Tensor clean = torch::zeros({HaarPreconditioner::kFeatures}, torch::kFloat64), noise = clean.clone();
  const std::int64_t batches = (kFeatureStdSamples + config_.training.batch - 1) / config_.training.batch;
  for (std::int64_t i = 0; i < batches; ++i) {
    const TrainingBatch batch = source.draw(i);
    const auto mean_square = [](const torch::Tensor& x) {
      return haar_features(x).to(torch::kFloat64).square().mean({0, 2, 3, 4});
    };
    clean += mean_square(batch.clean);
    noise += mean_square(batch.scan - batch.clean);
  }
  const auto std_of = [&](const torch::Tensor& squares) {
    return (squares / batches).sqrt().clamp_min(kLeastStd).to(torch::kFloat32);
  };
  noise_std_.copy_(std_of(noise));
  return std_of(clean);
}

HaarPreconditioner BridgeObjective::preconditioner(const torch::Tensor& feature_std,
                                                   const torch::Tensor& /*mean*/) const {
  return HaarPreconditioner(feature_std, LowBand::noisy, 0, noise_std_);
}

torch::Tensor BridgeObjective::loss(Unet& network, const HaarPreconditioner& preconditioner, const TrainingBatch& batch,
                                    std::int64_t) {
  const torch::Tensor error = denoise_with(network, preconditioner, batch.noisy, batch.sigma, precision_) - batch.clean;
  return (error.square().mean({1, 2, 3, 4}) / preconditioner.wiener_risk(batch.sigma)).mean();
}

std::vector<ValidationScore> BridgeObjective::score(Unet& network, const HaarPreconditioner& preconditioner,
                                                    const std::vector<TrainingVolume>& volumes) {
  const torch::NoGradGuard no_grad;
  const BridgePredictor predict = [&](const torch::Tensor& x, double share) {
    return denoise_with(network, preconditioner, x.to(device_), torch::full({1}, share).to(device_)).to(torch::kCPU);
  };
  const std::vector<double> path = bridge_path(static_cast<int>(config_.bridge.steps));
  std::vector<ValidationScore> scores;
  for (std::size_t v = 0; v < volumes.size(); ++v)
    for (const HeldOut& pair : held_out(volumes[v], v, config_, network->widths().alignment()))
      for (const std::string& name : std::set<std::string>{kBaseline, config_.bridge.sampler}) {
        const torch::Tensor estimate = bridge_sampler_by_name(name).sample(
            predict, pair.scan.view({1, 1, pair.scan.size(0), pair.scan.size(1), pair.scan.size(2)}), path,
            step_noise({v}), config_.bridge.epsilon);
        scores.push_back({volumes[v].name, pair.sigma, psnr_in_foreground(pair.clean, estimate[0][0]),
                          words_of(name, config_.bridge.steps)});
      }
  return scores;
}

void BridgeObjective::describe(ModelCard& card, const std::vector<ValidationScore>& scores) const {
  card.bridge = BridgeAdvice{config_.bridge.sampler, config_.bridge.steps, config_.bridge.epsilon};
  std::map<std::string, std::vector<ValidationScore>> by_sampler;
  for (const ValidationScore& score : scores) by_sampler[score.sampler].push_back(score);
  for (const auto& [sampler, some] : by_sampler) card.metrics["validation_psnr_db_" + sampler] = mean_psnr(some);
}

void train_bridge(const TrainingRun& run, std::vector<TrainingVolume> training,
                  const std::vector<TrainingVolume>& validation, const TrainingObserver& observer) {
  TrainingRun resolved = run;
  if (run.config.has_pairs()) {  // what a user of the model is told of its noise is what the pairs have
    double least = 1e9, greatest = 0;
    for (const TrainingVolume& pair : training) {
      const double noise = scan_noise(pair);
      if (!(noise > 0))
        fail(ExitCode::input, pair.name, ": clean and noisy volume are the same; nothing is to be learned");
      least = std::min(least, noise);
      greatest = std::max(greatest, noise);
    }
    resolved.config.noise.sigma_min = least;
    resolved.config.noise.sigma_max = greatest;
  }
  BridgeObjective objective(resolved);
  train_with(objective, resolved, std::move(training), validation, observer);
}

}  // namespace voxprior
