#include "models/training/train_gan.h"

#include <cmath>
#include <optional>
#include <tuple>

#include "base/error.h"
#include "models/gan/generator_file.h"
#include "models/network/position.h"
#include "models/precondition.h"
#include "models/training/conditions.h"
#include "models/training/gan_game.h"
#include "models/training/schedule.h"

namespace voxprior {
namespace {

constexpr std::int64_t kScaleSamples = 64;  // volumes of which the scales of the Haar bands are measured
constexpr double kLeastShare = 0.01;        // of the root mean square of the voxels, for a band that never varies

// Root mean square of the voxels: the Haar transform is orthonormal.
double voxel_unit(const torch::Tensor& band_std) {
  return std::sqrt(band_std.to(torch::kDouble).square().mean().item<double>());
}

class GanTrainee final : public Trainee {
 public:
  GanTrainee(const TrainingRun& run, std::vector<TrainingVolume> training,
             const std::vector<TrainingVolume>& validation)
      : run_(run),
        config_(run.config),
        source_(make_source(std::move(training), config_, run.device)),
        widths_(gan_widths(config_, source_->sample_size(),
                           static_cast<std::int64_t>(source_->conditioning().classes.size()))),
        validation_(validation) {
    check_validation();
    torch::manual_seed(static_cast<std::uint64_t>(config_.training.seed));
    network_ = GeneratorSide(widths_);
    critic_ = CriticSide(widths_);
    torch::manual_seed(static_cast<std::uint64_t>(config_.training.seed));
    average_ = GeneratorSide(widths_);
    for (torch::nn::Module* module : std::initializer_list<torch::nn::Module*>{&*network_, &*critic_, &*average_})
      module->to(run.device);
    critic_optimiser_.emplace(named_parameters(*critic_), make_gan_game(config_.gan, 1)->optimiser_settings());
  }

  torch::nn::Module& network() override { return *network_; }
  torch::nn::Module& average() override { return *average_; }
  OptimiserSettings optimiser_settings() const override { return make_gan_game(config_.gan, 1)->optimiser_settings(); }

  void measure() override {
    const torch::Tensor features =
        measure_feature_std(*source_, kScaleSamples, static_cast<std::uint64_t>(config_.training.seed));
    const torch::Tensor band_std = features.narrow(0, 0, 8);
    set_band_std(band_std.clamp_min(kLeastShare * voxel_unit(band_std)).contiguous());
  }

  TensorMap measured() const override {
    TensorMap tensors{{"band_std", band_std_}};
    store_parameters(*critic_, "critic.", tensors);
    for (const auto& [name, tensor] : critic_optimiser_->state()) tensors["critic_optimiser." + name] = tensor;
    return tensors;
  }

  void restore(const TensorMap& tensors, const std::filesystem::path& file) override {
    const auto band_std = tensors.find("band_std");
    if (band_std == tensors.end() || band_std->second.numel() != 8)
      fail(ExitCode::model, file, ": has no 'band_std' of this network; it belongs to another version");
    set_band_std(band_std->second);
    load_parameters(*critic_, "critic.", tensors, file.string());
    TensorMap state;
    const std::string prefix = "critic_optimiser.";
    for (const auto& [name, tensor] : tensors)
      if (name.rfind(prefix, 0) == 0) state[name.substr(prefix.size())] = tensor;
    critic_optimiser_->load_state(state);
  }

  torch::Tensor loss(std::int64_t step) override {
    const auto& training = config_.training;
    for (std::int64_t turn = 0; turn < config_.gan.critic_steps; ++turn) {
      const torch::Tensor loss = game_->critic_loss(network_, critic_, batch_of(step, turn));
      if (!std::isfinite(loss.item<double>())) throw Divergence{"the critic's loss is not finite"};
      loss.backward();
      const double rate =
          learning_rate_at(step, training.steps, training.learning_rate, training.warmup_steps, training.cooldown);
      if (!std::isfinite(critic_optimiser_->step(rate, training.clip_norm)))
        throw Divergence{"the critic's gradient is not finite"};
    }
    const torch::Tensor loss = game_->generator_loss(network_, critic_, batch_of(step, config_.gan.critic_steps - 1));
    terms_ = game_->terms();
    if (!validation_.empty() && (step + 1) % training.validate_every == 0) terms_["held_out_score"] = held_out_score();
    return loss;
  }

  std::map<std::string, double> terms() const override { return terms_; }

  std::vector<ValidationScore> score() override { return {}; }

  void write_model(const std::filesystem::path& file, std::int64_t steps,
                   const std::vector<ValidationScore>& /*scores*/) const override {
    ModelCard card = card_of(run_);
    card.sigma_min = card.sigma_max = 0;
    card.steps = steps;
    std::tie(card.voxel_min_mm, card.voxel_max_mm) = source_->voxel_edges_mm();
    card.conditioning = source_->conditioning();
    card.metrics["parameters_of_critic"] = static_cast<double>(parameter_count(*critic_));
    write_generator(file, average_->generator, card, Overwrite::yes,
                    config_.model.weights == "float16" ? torch::kFloat16 : torch::kFloat32);
  }

 private:
  // Every turn of the critic sees new volumes; the generator answers to those of the last.
  GanBatch batch_of(std::int64_t step, std::int64_t turn) {
    const std::int64_t draw = step * config_.gan.critic_steps + turn;
    if (draw != drawn_) {
      batch_ = source_->draw(draw);
      batch_.clean = batch_.clean.to(run_.device);
      batch_.condition = batch_.condition.to(run_.device);
      drawn_ = draw;
    }
    return {batch_.clean, batch_.condition.classes, static_cast<std::uint64_t>(config_.training.seed),
            static_cast<std::uint64_t>(draw)};
  }

  void check_validation() const {
    const std::vector<std::int64_t> grid = source_->sample_size();
    for (const TrainingVolume& volume : validation_)
      if (volume.voxels.sizes() != torch::IntArrayRef(grid))
        fail(ExitCode::input, volume.name, ": has another grid than the volumes to train on");
  }

  // What the critic thinks of volumes that it was not trained on: as real_score while it has learned what volumes look
  // like, as fake_score when it knows those of the training set by heart.
  double held_out_score() {
    const torch::NoGradGuard no_grad;
    double sum = 0;
    for (const TrainingVolume& volume : validation_) {
      const Condition told = condition_of(volume, source_->conditioning()).to(run_.device);
      const torch::Tensor x = volume.voxels.unsqueeze(0).unsqueeze(0).to(run_.device);
      sum += critic_->critic->forward(x, told.classes).item<double>();
    }
    return sum / static_cast<double>(validation_.size());
  }

  // What looks at volumes sees the bands halfway between as they are, where the fine ones are lost beside LLL, and each
  // over its root mean square, where the gradient towards a fine band outweighs all others.
  void set_band_std(const torch::Tensor& band_std) {
    const torch::NoGradGuard no_grad;
    band_std_ = band_std;
    const double unit = voxel_unit(band_std);
    const torch::Tensor scale = (band_std * unit).sqrt();
    for (GeneratorSide side : {network_, average_}) {
      side->generator->set_band_std(band_std);
      if (side->encoder) side->encoder->set_band_scale(scale);
    }
    critic_->critic->set_band_scale(scale);
    game_ = make_gan_game(config_.gan, unit);
  }

  const TrainingRun& run_;
  const TrainingConfig& config_;
  std::unique_ptr<TrainingSource> source_;
  GanWidths widths_;
  GeneratorSide network_{nullptr}, average_{nullptr};
  CriticSide critic_{nullptr};
  std::optional<Optimiser> critic_optimiser_;
  std::unique_ptr<GanGame> game_;  // made when the scales are known
  torch::Tensor band_std_;
  const std::vector<TrainingVolume>& validation_;
  std::map<std::string, double> terms_;
  TrainingBatch batch_;
  std::int64_t drawn_ = -1;
};

}  // namespace

GanWidths gan_widths(const TrainingConfig& config, const std::vector<std::int64_t>& grid, std::int64_t classes) {
  const UnetWidths& compared = config.model.widths;
  GanWidths widths;
  widths.family = gan_family(config.gan.family);
  widths.channels = compared.channels;
  widths.blocks = compared.blocks;
  widths.latent = config.gan.latent;
  widths.classes = classes;
  widths.grid = grid;
  return matched(widths, parameter_count(*Unet(compared)));
}

void train_gan(const TrainingRun& run, std::vector<TrainingVolume> training,
               const std::vector<TrainingVolume>& validation, const TrainingObserver& observer) {
  const std::string identity = identity_of(training) + identity_of_conditions(training, run.config);
  GanTrainee trainee(run, std::move(training), validation);
  run_training(trainee, run, identity, observer);
}

}  // namespace voxprior
