#include "models/told.h"

#include <cmath>

#include "base/error.h"
#include "pipeline/core/guided.h"

namespace voxprior {
namespace {

constexpr double kSpacingTolerance = 0.01;  // of what is asked for, beyond what was trained on

const LoadedDenoiser& level_of(const LoadedCascade& cascade, std::size_t level) {
  return level == 0 ? cascade.coarse : cascade.octaves[level - 1];
}

bool hears_class(const LoadedDenoiser& level, const Told& told) {
  return !told.class_name.empty() && !level.card.conditioning.classes.empty();
}

bool hears_mask(const LoadedDenoiser& level, const Told& told) {
  return told.mask && !level.card.conditioning.labels.empty();
}

double autoguidance_of(std::size_t level, const Told& told) {
  return level < told.autoguidance.size() ? told.autoguidance[level] : 1;
}

void check_class(const LoadedCascade& cascade, const std::string& name) {
  const std::string& model = cascade.coarse.card.name;
  const std::vector<std::string>& classes = cascade.conditioning.classes;
  if (classes.empty()) fail(ExitCode::usage, "the model ", model, " knows no classes; leave --class out");
  if (class_number(cascade.conditioning, name) < 0)
    fail(ExitCode::usage, "the model ", model, " knows no class '", name, "'; --class is one of: ", listed(classes));
}

void check_spacing(const LoadedCascade& cascade, const Told& told) {
  const SpacingRange& range = cascade.spacing;
  const Spacing& asked = *told.spacing_mm;
  const bool of_file = !told.spacing_from.empty();
  for (int axis = 0; axis < 3; ++axis)
    if (asked[axis] < range.smallest_mm[axis] * (1 - kSpacingTolerance) ||
        asked[axis] > range.largest_mm[axis] * (1 + kSpacingTolerance))
      fail(of_file ? ExitCode::input : ExitCode::usage, of_file ? told.spacing_from : "--spacing", ": voxels of ",
           listed(asked), " mm are not what the model ", cascade.coarse.card.name,
           " was trained on: ", listed(range.smallest_mm), " to ", listed(range.largest_mm),
           "; resample or choose another model");
}

void check_guidance(const LoadedCascade& cascade) {
  if (cascade.conditioning.classes.empty() && cascade.conditioning.labels.empty())
    fail(ExitCode::usage, "the model ", cascade.coarse.card.name,
         " is unconditional: nothing for --guidance to strengthen; leave it out");
  fail(ExitCode::usage, "--guidance strengthens what the model is told; add --class or --mask");
}

// `hidden`: without what guidance strengthens.
Condition condition_of(const LoadedCascade& cascade, const LoadedDenoiser& network, std::size_t level, const Told& told,
                       bool hidden) {
  Condition condition;
  if (hears_class(network, told) && !hidden)
    condition.classes = torch::full({1}, class_number(network.card.conditioning, told.class_name), torch::kLong);
  if (network.card.conditioning.spacing) {
    const double coarser = std::exp2(static_cast<double>(cascade.octaves.size() - level));
    const Spacing mm = spacing_of(cascade, told);
    condition.spacing_mm =
        torch::tensor({mm[0] * coarser, mm[1] * coarser, mm[2] * coarser}, torch::kFloat32).view({1, 3});
  }
  return condition;
}

Denoiser bound(const LoadedCascade& cascade, const LoadedDenoiser& network, std::size_t level, const Told& told,
               bool hidden) {
  const Condition condition = condition_of(cascade, network, level, told, hidden);
  if (!hears_mask(network, told))
    return [denoise = network.conditional, condition](const torch::Tensor& x, double sigma) {
      return denoise(x, sigma, condition);
    };
  return [denoise = network.conditional, condition, hidden](const torch::Tensor& x, double sigma) {
    const torch::Tensor volume = x.narrow(1, 0, 1), mask = x.narrow(1, 1, x.size(1) - 1);
    Condition all = condition;
    if (!hidden) all.mask = mask;
    return torch::cat({denoise(volume, sigma, all), mask}, 1);
  };
}

}  // namespace

void check_told(const LoadedCascade& cascade, const Told& told) {
  if (!told.class_name.empty()) check_class(cascade, told.class_name);
  if (told.mask && cascade.conditioning.labels.empty())
    fail(ExitCode::usage, "the model ", cascade.coarse.card.name, " was trained without masks; leave --mask out");
  if (told.spacing_mm) check_spacing(cascade, told);
  if (told.guidance != 1 && !told.wishes()) check_guidance(cascade);
  for (std::size_t level = 0; level < cascade.weak.size(); ++level)
    if (autoguidance_of(level, told) != 1 && !cascade.weak[level])
      fail(ExitCode::usage, "the model ", cascade.coarse.card.name,
           " has no weaker network, coarse-weak.safetensors, to be guided by; leave --autoguidance out");
}

Spacing spacing_of(const LoadedCascade& cascade, const Told& told) {
  return told.spacing_mm.value_or(cascade.spacing.typical_mm);
}

Denoiser told_denoiser(const LoadedCascade& cascade, std::size_t level, const Told& told) {
  const LoadedDenoiser& network = level_of(cascade, level);
  const Denoiser conditional = bound(cascade, network, level, told, false);
  const Denoiser denoise = hears_class(network, told) || hears_mask(network, told)
                               ? guided(conditional, bound(cascade, network, level, told, true), told.guidance)
                               : conditional;
  const double weight = autoguidance_of(level, told);
  return weight == 1 ? denoise : guided(denoise, bound(cascade, *cascade.weak[level], level, told, false), weight);
}

Denoiser mask_denoiser(const LoadedCascade& cascade, const Told& told) {
  const LoadedDenoiser& network = *cascade.mask;
  if (!hears_class(network, told)) return network.denoise;
  const std::int64_t number = class_number(network.card.conditioning, told.class_name);
  const Condition condition{torch::full({1}, number, torch::kLong), {}, {}};
  const Denoiser conditional = [denoise = network.conditional, condition](const torch::Tensor& x, double sigma) {
    return denoise(x, sigma, condition);
  };
  return guided(conditional, network.denoise, told.guidance);
}

bool takes_mask(const LoadedCascade& cascade, std::size_t level, const Told& told) {
  return hears_mask(level_of(cascade, level), told);
}

Denoiser with_mask(Denoiser denoise, torch::Tensor mask) {
  return [denoise = std::move(denoise), mask = std::move(mask)](const torch::Tensor& x, double sigma) {
    return denoise(torch::cat({x, mask}, 1), sigma).narrow(1, 0, 1).contiguous();
  };
}

int mask_evaluations_for_one(const LoadedCascade& cascade, const Told& told) {
  return told.guidance != 1 && hears_class(*cascade.mask, told) ? 2 : 1;
}

int evaluations_for_one(const LoadedCascade& cascade, std::size_t level, const Told& told) {
  const LoadedDenoiser& network = level_of(cascade, level);
  const bool guidance = told.guidance != 1 && (hears_class(network, told) || hears_mask(network, told));
  return 1 + guidance + (autoguidance_of(level, told) != 1);
}

}  // namespace voxprior
