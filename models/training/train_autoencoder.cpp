#include "models/training/train_autoencoder.h"

#include <algorithm>
#include <tuple>

#include "base/error.h"
#include "models/autoencoder_file.h"
#include "models/latent_space.h"
#include "models/precision.h"
#include "models/precondition.h"
#include "models/training/reconstruction_loss.h"
#include "pipeline/noise/random.h"

namespace voxprior {
namespace {

constexpr std::int64_t kScaleSamples = 256;     // patches for the scales of the bands
constexpr std::size_t kMostLatentVolumes = 64;  // for those of the latents, spread evenly over the training set
constexpr int kGradientScales = 3;
constexpr double kLeastStd = 1e-6;  // of a band or channel that never varies

torch::Tensor as_batch(const torch::Tensor& volume) { return volume.unsqueeze(0).unsqueeze(0); }

class AutoencoderTrainee final : public Trainee {
 public:
  AutoencoderTrainee(const TrainingRun& run, const std::vector<TrainingVolume>& training,
                     const std::vector<TrainingVolume>& validation)
      : run_(run),
        config_(run.config),
        training_(training),
        validation_(validation),
        source_(make_source(training, config_)),
        network_(make_network()),
        average_(make_network()),
        precision_(choose_precision(config_.training.precision, run.device)) {
    check_sizes();
  }

  torch::nn::Module& network() override { return *network_; }
  torch::nn::Module& average() override { return *average_; }

  void measure() override {
    const auto seed = static_cast<std::uint64_t>(config_.training.seed);
    const torch::Tensor feature_std = measure_feature_std(*source_, kScaleSamples, seed);
    torch::Tensor squares = torch::zeros({config_.model.latent_channels}, torch::kFloat64);
    for (std::int64_t i = 0; i < kScaleSamples; ++i) {
      Random random(seed, static_cast<std::uint64_t>(i));
      const torch::Tensor kept = kept_bands(as_batch(source_->clean_sample(random)), levels(), squares.size(0));
      squares += kept.to(torch::kFloat64).square().mean({0, 2, 3, 4});
    }
    set_band_scales(feature_std.clamp_min(kLeastStd),
                    (squares / kScaleSamples).sqrt().clamp_min(kLeastStd).to(torch::kFloat32));
  }

  TensorMap measured() const override { return {{"feature_std", feature_std_}, {"kept_std", kept_std_}}; }

  void restore(const TensorMap& tensors, const std::filesystem::path& file) override {
    const auto feature_std = tensors.find("feature_std"), kept_std = tensors.find("kept_std");
    if (feature_std == tensors.end() || feature_std->second.numel() != HaarPreconditioner::kFeatures ||
        kept_std == tensors.end() || kept_std->second.numel() != config_.model.latent_channels)
      fail(ExitCode::model, file, ": has no scales of this network; it belongs to another version");
    set_band_scales(feature_std->second, kept_std->second);
  }

  torch::Tensor loss(std::int64_t step) override {
    const std::int64_t count = config_.training.batch;
    const auto seed = static_cast<std::uint64_t>(config_.training.seed);
    std::vector<torch::Tensor> patches;
    for (std::int64_t i = 0; i < count; ++i) {
      Random random(seed, static_cast<std::uint64_t>(step * count + i));
      patches.push_back(source_->clean_sample(random).unsqueeze(0));
    }
    const torch::Tensor clean = torch::stack(patches).contiguous().to(run_.device);

    const Posterior posterior = network_->posterior(clean, precision_);
    torch::Tensor noise = torch::empty(posterior.mean.sizes(), torch::kFloat32);
    fill_gaussian(noise.data_ptr<float>(), static_cast<std::size_t>(noise.numel()), seed,
                  static_cast<std::uint64_t>(step));
    const torch::Tensor latent = posterior.mean + (posterior.log_variance / 2).exp() * noise.to(run_.device);
    const torch::Tensor back = network_->reconstruct(latent, precision_);
    torch::Tensor loss = (back - clean).abs().mean() + config_.loss.kl * kl_divergence(posterior);
    if (config_.loss.gradient > 0)
      loss = loss + config_.loss.gradient * multi_scale_gradient_loss(back, clean, kGradientScales);
    return loss;
  }

  std::vector<ValidationScore> score() override {
    const torch::NoGradGuard no_grad;
    std::vector<ValidationScore> scores;
    for (const TrainingVolume& volume : validation_) {
      const torch::Tensor clean =
          central_crop(volume.voxels, config_.training.validation_crop, average_->widths().factor());
      if (clean.numel() == 0) continue;
      const torch::Tensor latent = average_->posterior(as_batch(clean).to(run_.device)).mean;
      scores.push_back(
          {volume.name, 0, psnr_in_foreground(clean, average_->reconstruct(latent).to(torch::kCPU)[0][0])});
    }
    return scores;
  }

  void write_model(const std::filesystem::path& file, std::int64_t steps,
                   const std::vector<ValidationScore>& scores) const override {
    Autoencoder network = average_;
    set_latent_scales(network);
    ModelCard card = card_of(run_);
    card.sigma_min = card.sigma_max = 0;
    card.steps = steps;
    std::tie(card.voxel_min_mm, card.voxel_max_mm) = source_->voxel_edges_mm();
    if (!scores.empty()) card.metrics["reconstruction_psnr_db"] = mean_psnr(scores);
    write_autoencoder(file, network, card, Overwrite::yes);
  }

 private:
  std::size_t levels() const { return config_.model.widths.channels.size(); }

  // Initialised from the configuration's seed, then moved to the device.
  Autoencoder make_network() const {
    torch::manual_seed(static_cast<std::uint64_t>(config_.training.seed));
    Autoencoder network(
        AutoencoderWidths{config_.model.widths.channels, config_.model.widths.blocks, config_.model.latent_channels});
    network->to(run_.device);
    return network;
  }

  void check_sizes() const {
    const std::int64_t factor = network_->widths().factor();
    for (const TrainingVolume& volume : training_)
      if (central_crop(volume.voxels, INT64_MAX, factor).numel() > 0) return;
    fail(ExitCode::input, training_.front().name, ": like all training volumes is thinner than ", factor,
         " voxels, of which a latent is made");
  }

  void set_band_scales(const torch::Tensor& feature_std, const torch::Tensor& kept_std) {
    feature_std_ = feature_std;
    kept_std_ = kept_std;
    network_->set_band_scales(feature_std, kept_std);
    average_->set_band_scales(feature_std, kept_std);
  }

  // Over whole training volumes, as diffusion will see them: the unit in which latents are spoken of ever after.
  void set_latent_scales(Autoencoder& network) const {
    const torch::NoGradGuard no_grad;
    const std::size_t stride = (training_.size() + kMostLatentVolumes - 1) / kMostLatentVolumes;
    torch::Tensor sum = torch::zeros({config_.model.latent_channels}, torch::kFloat64), squares = sum.clone();
    double positions = 0;
    for (std::size_t i = 0; i < training_.size(); i += stride) {
      const torch::Tensor volume = central_crop(training_[i].voxels, INT64_MAX, network->widths().factor());
      if (volume.numel() == 0) continue;
      const torch::Tensor mean = posterior_mean_in_tiles(network, as_batch(volume)).to(torch::kFloat64);
      sum += mean.sum({0, 2, 3, 4});
      squares += mean.square().sum({0, 2, 3, 4});
      positions += static_cast<double>(mean[0][0].numel());
    }
    const torch::Tensor mean = sum / positions;
    const torch::Tensor variance = (squares / positions - mean.square()).clamp_min(0);
    network->set_latent_scales(mean.to(torch::kFloat32), variance.sqrt().clamp_min(kLeastStd).to(torch::kFloat32));
  }

  const TrainingRun& run_;
  const TrainingConfig& config_;
  const std::vector<TrainingVolume>& training_;
  const std::vector<TrainingVolume>& validation_;
  std::unique_ptr<TrainingSource> source_;
  Autoencoder network_, average_;
  torch::Tensor feature_std_, kept_std_;  // measured or read before use
  torch::ScalarType precision_;
};

}  // namespace

void train_autoencoder(const TrainingRun& run, std::vector<TrainingVolume> training,
                       const std::vector<TrainingVolume>& validation, const TrainingObserver& observer) {
  AutoencoderTrainee trainee(run, training, validation);
  run_training(trainee, run, identity_of(training), observer);
}

}  // namespace voxprior
