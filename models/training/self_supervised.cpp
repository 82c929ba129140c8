#include "models/training/self_supervised.h"

#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>
#include <tuple>
#include <utility>

#include "base/error.h"
#include "models/training/denoising.h"
#include "models/training/recorrupted.h"

namespace voxprior {
namespace {

constexpr double kStep = 0.2;        // of the noise that a risk is probed with, over that of the scan
constexpr double kLeastRisk = 1e-4;  // of the noise variance: estimates below are chance
constexpr std::int64_t kThinnestSlab = 16, kShortestScan = 32, kBlock = 8;
constexpr std::int64_t kFeatureStdBatches = 64;
constexpr double kLeastBandVariance = 0.01;  // of the noise variance: what an estimate less the noise can tell

TrainingVolume narrowed(const TrainingVolume& scan, std::int64_t axis, std::int64_t start, std::int64_t length) {
  TrainingVolume part = scan;
  const auto cut = [&](const torch::Tensor& x) { return x.narrow(axis, start, length).contiguous(); };
  part.voxels = cut(scan.voxels);
  for (torch::Tensor& repeat : part.repeats) repeat = cut(repeat);
  if (scan.sigma.dim() == 3) part.sigma = cut(scan.sigma);
  return part;
}

TrainingVolume cropped(const TrainingVolume& scan, std::int64_t crop, std::int64_t alignment) {
  TrainingVolume part = scan;
  part.voxels = central_crop(scan.voxels, crop, alignment);
  for (torch::Tensor& repeat : part.repeats) repeat = central_crop(repeat, crop, alignment);
  if (scan.sigma.dim() == 3) part.sigma = central_crop(scan.sigma, crop, alignment);
  return part;
}

// Mean of `values` where `mask`, and its error from the means of blocks, which are next to independent.
Risk mean_and_error(const torch::Tensor& values, const torch::Tensor& mask) {
  const torch::Tensor weight = mask.to(torch::kDouble);
  const double count = std::max(1., weight.sum().item<double>());
  const double mean = (values.to(torch::kDouble) * weight).sum().item<double>() / count;
  const torch::Tensor off = ((values.to(torch::kDouble) - mean) * weight).unsqueeze(0).unsqueeze(0);
  const torch::Tensor sums = torch::avg_pool3d(off, kBlock, kBlock, 0, /*ceil_mode=*/true, true, 1);
  return {mean, std::sqrt(sums.square().sum().item<double>()) / count};
}

double largest_sigma(const TrainingVolume& scan) { return scan.sigma.max().item<double>(); }

std::string in_db(double decibel) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f dB", decibel);
  return text;
}

class SelfSupervisedObjective final : public DenoisingObjective {
 public:
  SelfSupervisedObjective(const TrainingRun& run, const NetworkFile* from, std::string trained_on)
      : DenoisingObjective(run, {}),
        config_(run.config),
        device_(run.device),
        from_(from),
        trained_on_(std::move(trained_on)) {}

  std::string identity() const override { return "self-supervised from " + (from_ ? from_->sha256 : "scratch"); }

  Unet initial_network() const override {
    Unet network = DenoisingObjective::initial_network();
    if (from_) {
      const torch::NoGradGuard no_grad;
      auto source = from_->network->parameters(), target = network->parameters();
      for (std::size_t i = 0; i < source.size(); ++i) target[i].copy_(source[i]);
    }
    return network;
  }

  // The noises of input and target are independent: the mean of the product of their features is that of clean ones.
  torch::Tensor feature_std(const TrainingSource& source, const torch::Tensor& /*mean*/) const override {
    if (from_) return from_->preconditioner.feature_std();
    torch::Tensor products = torch::zeros({}, torch::kFloat64), noise = torch::zeros({}, torch::kFloat64);
    for (std::int64_t i = 0; i < kFeatureStdBatches; ++i) {
      const TrainingBatch batch = source.draw(i);
      const torch::Tensor both = haar_features(batch.noisy) * haar_features(batch.clean);
      products = products + both.to(torch::kFloat64).mean({0, 2, 3, 4});
      noise = noise + batch.sigma.to(torch::kFloat64).square().mean();
    }
    return (torch::maximum(products, kLeastBandVariance * noise) / kFeatureStdBatches).sqrt().to(torch::kFloat32);
  }

  torch::Tensor loss(Unet& network, const HaarPreconditioner& preconditioner, const TrainingBatch& batch,
                     std::int64_t step) override {
    const torch::Tensor left = (batch.target_noise.to(device_) / preconditioner.wiener_risk(batch.sigma)).mean();
    return DenoisingObjective::loss(network, preconditioner, batch, step) - left;
  }

  std::vector<ValidationScore> score(Unet& network, const HaarPreconditioner& preconditioner,
                                     const std::vector<TrainingVolume>& volumes) override {
    if (before_.empty()) {
      Unet initial = initial_network();
      before_ = scores_of(initial, preconditioner, volumes);
    }
    return scores_of(network, preconditioner, volumes);
  }

  std::optional<Verdict> verdict(const std::vector<ValidationScore>& scores) const override {
    Verdict verdict{!scores.empty(), mean_psnr(before_), mean_psnr(scores), ""};
    if (verdict.better) verdict.better = verdict.after_db > verdict.before_db;
    const std::string what = from_ ? "the model it started from" : "the untrained network, a Wiener filter,";
    verdict.text = verdict.better
                       ? "held-out noisy scans: estimated " + in_db(verdict.after_db) + ", " + what + " " +
                             in_db(verdict.before_db)
                       : "training did not help on held-out noisy scans: estimated " + in_db(verdict.after_db) + ", " +
                             what + " " + in_db(verdict.before_db) + "; model.safetensors keeps the weights of " +
                             (from_ ? from_->card.name : "the untrained network");
    return verdict;
  }

  void describe(ModelCard& card, const std::vector<ValidationScore>& scores) const override {
    const bool tuned = verdict(scores)->better;
    if (!scores.empty()) {
      card.metrics["estimated_psnr_db_before"] = mean_psnr(before_);
      card.metrics["estimated_psnr_db"] = std::max(mean_psnr(before_), mean_psnr(scores));
    }
    if (!tuned) card.steps = 0;
    std::string words = "self-supervised: " + trained_on_;
    if (from_) {
      const ModelCard& base = from_->card;
      words += "; started from " + base.name + " (" + base.training_data + ")";
      card.voxel_min_mm = std::min(card.voxel_min_mm, base.voxel_min_mm);
      card.voxel_max_mm = std::max(card.voxel_max_mm, base.voxel_max_mm);
      if (card.licence.empty()) card.licence = base.licence;
    } else {
      std::tie(card.sigma_min, card.sigma_max) = trained_range_;
    }
    if (!tuned) words = "not trained further, since that did not help: " + words;
    card.training_data = card.training_data.empty() ? words : card.training_data + "; " + words;
  }

  void set_trained_range(double low, double high) { trained_range_ = {low, high}; }

 private:
  std::vector<ValidationScore> scores_of(Unet& network, const HaarPreconditioner& preconditioner,
                                         const std::vector<TrainingVolume>& volumes) const {
    const torch::NoGradGuard no_grad;
    const Denoiser denoise = [&](const torch::Tensor& x, double sigma) {
      const torch::Tensor level = torch::full({1}, sigma, x.options()).to(device_);
      return denoise_with(network, preconditioner, x.to(device_), level).to(torch::kCPU);
    };
    std::vector<ValidationScore> scores;
    for (std::size_t v = 0; v < volumes.size(); ++v) {
      const TrainingVolume scan = cropped(volumes[v], validation_crop(config_), network->widths().alignment());
      if (scan.voxels.numel() == 0) continue;
      const double variance = scan.sigma.square().mean().item<double>();
      const double risk = std::max(kLeastRisk * variance, estimate_risk(denoise, scan, v).mean_square);
      scores.push_back({volumes[v].name, level_of_risk(scan), -10 * std::log10(risk)});
    }
    return scores;
  }

  const TrainingConfig config_;
  torch::Device device_;
  const NetworkFile* from_;
  std::string trained_on_;
  std::pair<double, double> trained_range_{0, 0};
  std::vector<ValidationScore> before_;  // of the initial network; found when first needed
};

std::string count_of(const std::vector<TrainingVolume>& scans) {
  std::size_t repeats = 0;
  for (const TrainingVolume& scan : scans) repeats += scan.repeats.empty() ? 0 : scan.repeats.size() + 1;
  std::string text = std::to_string(scans.size()) + (scans.size() == 1 ? " noisy scan" : " noisy scans");
  if (repeats > 0) text += " (" + std::to_string(repeats) + " repeats)";
  return text;
}

}  // namespace

std::vector<TrainingVolume> hold_out(std::vector<TrainingVolume>& training, std::int64_t patch) {
  std::vector<TrainingVolume> rest, slabs;
  for (const TrainingVolume& scan : training) {
    const auto sizes = scan.voxels.sizes();
    const std::int64_t axis = std::max_element(sizes.begin(), sizes.end()) - sizes.begin(), length = sizes[axis];
    if (length < kShortestScan)
      fail(ExitCode::input, scan.name, ": too small to hold a part of it out (", length,
           " voxels along its longest axis; ", kShortestScan, " are needed); name other noisy scans in data.validate");
    const std::int64_t slab = std::max(kThinnestSlab, length / 6), side = (length - slab) / 2;
    const std::int64_t start = side >= patch ? side : length - slab;
    slabs.push_back(narrowed(scan, axis, start, slab));
    rest.push_back(narrowed(scan, axis, 0, start));
    if (start + slab < length) rest.push_back(narrowed(scan, axis, start + slab, length - start - slab));
  }
  training = std::move(rest);
  return slabs;
}

double level_of_risk(const TrainingVolume& scan) {
  return largest_sigma(scan) * (scan.repeats.empty() ? std::sqrt(1 + kStep * kStep) : 1);
}

Risk estimate_risk(const Denoiser& denoise, const TrainingVolume& scan, std::uint64_t number) {
  const torch::NoGradGuard no_grad;
  const torch::Tensor &y = scan.voxels, variance = scan.sigma.square();
  torch::Tensor n = torch::empty_like(y);
  fill_gaussian(n.data_ptr<float>(), static_cast<std::size_t>(n.numel()), 0, number);
  const double level = level_of_risk(scan);
  const auto at = [&](const torch::Tensor& x) { return denoise(x.unsqueeze(0).unsqueeze(0), level)[0][0]; };
  torch::Tensor scanned = y != 0, risk;
  if (scan.repeats.empty()) {
    const Recorrupted plus = recorrupt(y, scan.sigma, n, level), minus = recorrupt(y, scan.sigma, -n, level);
    const torch::Tensor known = variance * (1 + variance / (level * level - variance) * n.square());
    risk = ((at(plus.noisier) - plus.target).square() + (at(minus.noisier) - minus.target).square()) / 2 - known;
  } else {
    torch::Tensor others = torch::zeros_like(y);
    for (const torch::Tensor& repeat : scan.repeats) {
      others += repeat;
      scanned = scanned & (repeat != 0);
    }
    const auto count = static_cast<double>(scan.repeats.size());
    const torch::Tensor added = (level * level - variance).clamp_min(0).sqrt();
    risk = (at((y + added * n) * scanned) - others / count).square() - variance / count;
  }
  return mean_and_error(risk, scanned);
}

void train_self_supervised(const TrainingRun& run, const NetworkFile* from, std::vector<TrainingVolume> training,
                           std::vector<TrainingVolume> validation, const TrainingObserver& observer) {
  if (training.empty()) fail(ExitCode::input, "no scan to learn from: data.train holds no readable volume");
  const std::int64_t least = run.config.model.widths.alignment();
  for (const std::vector<TrainingVolume>* scans : {&training, &validation})
    for (const TrainingVolume& scan : *scans)
      if (*std::min_element(scan.voxels.sizes().begin(), scan.voxels.sizes().end()) < least)
        fail(ExitCode::input, scan.name, ": is too thin for the network, which needs ", least,
             " voxels along each axis");
  const std::string trained_on = count_of(training);
  if (validation.empty()) validation = hold_out(training, run.config.training.patch);
  SelfSupervisedObjective objective(run, from, trained_on);
  double low = 1e9, high = 0;
  for (const TrainingVolume& scan : training) {
    low = std::min(low, scan.sigma.min().item<double>());
    high = std::max(high, largest_sigma(scan));
  }
  objective.set_trained_range(low, high * std::sqrt(1 + run.config.noise.added_max * run.config.noise.added_max));
  train_with(objective, run, std::move(training), validation, observer);
}

}  // namespace voxprior
