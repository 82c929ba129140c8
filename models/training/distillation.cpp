#include "models/training/distillation.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>

#include "base/error.h"
#include "models/network_file.h"
#include "models/precision.h"
#include "models/training/objective.h"
#include "models/weights/safetensors.h"
#include "pipeline/samplers/heun.h"
#include "pipeline/samplers/schedule.h"

namespace voxprior {
namespace {

constexpr std::uint64_t kLevelStream = std::uint64_t{1} << 40;  // beyond the streams of the data

void copy_weights(const Unet& from, const Unet& to) {
  const torch::NoGradGuard no_grad;
  auto source = from->parameters(), target = to->parameters();
  for (std::size_t i = 0; i < source.size(); ++i) target[i].copy_(source[i]);
}

class ConsistencyObjective final : public Objective {
 public:
  ConsistencyObjective(const TrainingRun& run, const Teacher& teacher)
      : config_(run.config),
        teacher_(teacher),
        device_(run.device),
        precision_(choose_precision(run.config.training.precision, run.device)),
        levels_(karras_schedule(static_cast<int>(config_.distill.levels), config_.noise.sigma_min,
                                config_.noise.sigma_max)),
        target_(initial_network()) {
    levels_.pop_back();  // 0: the path ends at sigma_min
  }

  std::string identity() const override { return teacher_.sha256; }

  Unet initial_network() const override {
    Unet student(teacher_.network->widths());
    student->to(device_);
    copy_weights(teacher_.network, student);
    return student;
  }

  torch::Tensor mean(const TrainingSource&) const override { return teacher_.mean; }

  torch::Tensor feature_std(const TrainingSource&, const torch::Tensor&) const override { return teacher_.feature_std; }

  HaarPreconditioner preconditioner(const torch::Tensor& feature_std, const torch::Tensor& mean) const override {
    return HaarPreconditioner(feature_std, low_band_of(config_.kind), config_.noise.sigma_min, {}, mean);
  }

  torch::Tensor loss(Unet& network, const HaarPreconditioner& preconditioner, const TrainingBatch& batch,
                     std::int64_t step) override {
    const auto [from, to] = neighbouring_levels(batch.sigma, step);
    const torch::Tensor x = with_noise_at(batch, from).noisy;
    torch::Tensor goal;
    {
      const torch::NoGradGuard no_grad;
      goal = denoise_with(target_, preconditioner, teacher_step(teacher_, x, from, to, precision_), to, precision_);
    }
    const torch::Tensor estimate = denoise_with(network, preconditioner, x, from, precision_);
    const torch::Tensor error = (estimate - goal).square().mean({1, 2, 3, 4});
    return (error / preconditioner.wiener_risk(from)).mean();
  }

  void follow(const Unet& network) override {
    const torch::NoGradGuard no_grad;
    auto target = target_->parameters(), current = network->parameters();
    for (std::size_t i = 0; i < target.size(); ++i) target[i].lerp_(current[i], 1 - config_.distill.target_ema);
  }

  std::vector<ValidationScore> score(Unet& network, const HaarPreconditioner& preconditioner,
                                     const std::vector<TrainingVolume>& volumes) override {
    const torch::NoGradGuard no_grad;
    if (path_ends_.size() != volumes.size()) follow_paths(volumes);
    std::vector<ValidationScore> scores;
    for (std::size_t v = 0; v < volumes.size(); ++v) {
      if (path_ends_[v].start.numel() == 0) continue;
      const torch::Tensor start = path_ends_[v].start.to(device_);
      const torch::Tensor level = torch::full({1}, levels_.front(), start.options());
      const torch::Tensor jump = denoise_with(network, preconditioner, start, level).to(torch::kCPU);
      scores.push_back({volumes[v].name, levels_.front(), psnr_in_foreground(path_ends_[v].end, jump)});
    }
    return scores;
  }

  void describe(ModelCard& card, const std::vector<ValidationScore>& scores) const override {
    card.distilled = Distilled{teacher_.sha256, config_.distill.steps};
    if (!scores.empty()) card.metrics["one_step_psnr_db_to_teacher"] = mean_psnr(scores);
  }

  TensorMap state() const override {
    TensorMap state;
    for (const auto& item : target_->named_parameters()) state["target." + item.key()] = item.value();
    return state;
  }

 private:
  struct Path {
    torch::Tensor start, end;  // [1,1,D,H,W] on the CPU; empty for a volume too small to be scored
  };

  // A level but the last and the one below it, for each sample.
  std::pair<torch::Tensor, torch::Tensor> neighbouring_levels(const torch::Tensor& like, std::int64_t step) const {
    torch::Tensor from = torch::empty({like.size(0)}), to = torch::empty({like.size(0)});
    for (std::int64_t i = 0; i < like.size(0); ++i) {
      Random random(static_cast<std::uint64_t>(config_.training.seed),
                    kLevelStream + static_cast<std::uint64_t>(step * like.size(0) + i));
      const std::uint64_t level = random.below(levels_.size() - 1);
      from[i] = levels_[level];
      to[i] = levels_[level + 1];
    }
    return {from.to(like.device()), to.to(like.device())};
  }

  void follow_paths(const std::vector<TrainingVolume>& volumes) {
    const Denoiser denoise = [this](const torch::Tensor& x, double sigma) {
      return teacher_.denoise(x, torch::full({x.size(0)}, sigma, x.options()), torch::kFloat32);
    };
    path_ends_.clear();
    for (std::size_t v = 0; v < volumes.size(); ++v) {
      const torch::Tensor clean =
          central_crop(volumes[v].voxels, validation_crop(config_), teacher_.network->widths().alignment());
      if (clean.numel() == 0) {
        path_ends_.push_back({torch::empty({0}), {}});
        continue;
      }
      const torch::Tensor start = validation_noisy(config_.kind, clean, levels_.front(), v);
      path_ends_.push_back({start, sample_heun(denoise, start.to(device_), levels_).to(torch::kCPU)});
    }
  }

  const TrainingConfig& config_;
  const Teacher& teacher_;
  torch::Device device_;
  torch::ScalarType precision_;
  std::vector<double> levels_;
  Unet target_;
  std::vector<Path> path_ends_;  // of the validation volumes; found when first needed
};

std::string text_of(const std::vector<std::int64_t>& size) {
  std::string text;
  for (auto side = size.rbegin(); side != size.rend(); ++side)
    text += (text.empty() ? "" : "x") + std::to_string(*side);
  return text;
}

void check_grid(const Teacher& teacher, const std::vector<TrainingVolume>& volumes, const TrainingConfig& config) {
  if (config.kind != ModelKind::diffusion || volumes.empty()) return;
  std::vector<std::int64_t> size = volumes.front().voxels.sizes().vec();
  for (std::int64_t& side : size) side >>= config.data.halvings;
  const std::vector<std::int64_t> grid = widths_of(teacher.card, "grid", config.distill.teacher);
  if (size != grid)
    fail(ExitCode::model, config.distill.teacher, ": makes volumes of ", text_of(grid),
         " voxels, those to train on have ", text_of(size), " after ", config.data.halvings,
         " halvings; give it the data that it was trained on");
}

}  // namespace

ModelCard read_teacher_card(const std::filesystem::path& path) {
  const ModelCard card = model_card_of(read_safetensors(path).metadata, path);
  if (card.kind != name_of(ModelKind::diffusion) && card.kind != name_of(ModelKind::detail))
    fail(ExitCode::model, path, ": is a ", card.kind,
         "; what can be distilled is a model of train diffusion or train cascade");
  if (card.distilled) fail(ExitCode::model, path, ": is distilled already; distil the model that it was made of");
  if (!card.autoencoder_sha256.empty())
    fail(ExitCode::model, path,
         ": works in the latent space of an autoencoder; only models on volumes can be distilled");
  if (card.conditioning.any() || !card.draws.empty())
    fail(
        ExitCode::model, path,
        ": is told a class, voxel size or mask, or draws labels; only unconditional models of images can be distilled");
  return card;
}

Teacher load_teacher(const std::filesystem::path& path, torch::Device device) {
  const ModelKind kind =
      read_teacher_card(path).kind == name_of(ModelKind::detail) ? ModelKind::detail : ModelKind::diffusion;
  NetworkFile file = read_network(path, kind, device);
  Teacher teacher{{},        file.network, file.preconditioner.feature_std(),
                  file.card, file.sha256,  file.preconditioner.mean()};
  teacher.denoise = [file](const torch::Tensor& x, const torch::Tensor& sigma, torch::ScalarType body_type) mutable {
    return denoise_with(file.network, file.preconditioner, x, sigma, body_type);
  };
  return teacher;
}

torch::Tensor teacher_step(const Teacher& teacher, const torch::Tensor& x, const torch::Tensor& from,
                           const torch::Tensor& to, torch::ScalarType body_type) {
  const auto each = [](const torch::Tensor& level) { return level.view({-1, 1, 1, 1, 1}); };
  const torch::Tensor step = each(to - from);
  const torch::Tensor slope = (x - teacher.denoise(x, from, body_type)) / each(from);
  const torch::Tensor euler = x + step * slope;
  return x + step * 0.5 * (slope + (euler - teacher.denoise(euler, to, body_type)) / each(to));
}

void distil_network(const TrainingRun& run, const Teacher& teacher, std::vector<TrainingVolume> training,
                    const std::vector<TrainingVolume>& validation, const TrainingObserver& observer) {
  check_grid(teacher, training, run.config);
  ConsistencyObjective objective(run, teacher);
  train_with(objective, run, std::move(training), validation, observer);
}

}  // namespace voxprior
