#include "workflows/compute/level_sampling.h"

#include <filesystem>
#include <utility>

#include "base/error.h"
#include "models/gan/generator_sampler.h"
#include "models/kind.h"
#include "pipeline/samplers/consistency.h"
#include "pipeline/samplers/ddpm.h"
#include "pipeline/samplers/schedule.h"
#include "pipeline/samplers/starting_point.h"

namespace voxprior {
namespace {

constexpr const char* kLearnedSchedule = "learned";
constexpr const char* kModelSampler = "model";

NamedSampler consistency_sampler(double sigma_min) {
  NamedSampler sampler{"consistency", "", true, 1, 1, {}};
  sampler.sample = [sigma_min](const Denoiser& f, torch::Tensor x, const std::vector<double>& sigmas,
                               const StepNoise& noise, const Progress& progress) {
    return sample_consistency(f, std::move(x), sigmas, noise, progress, sigma_min);
  };
  return sampler;
}

NamedSampler ddpm_by_band(NamedSampler ddpm, const BandErrors& errors) {
  ddpm.name = "ddpm, learned variance";
  ddpm.sample = [errors](const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas,
                         const StepNoise& noise, const Progress& progress) {
    return sample_ddpm_by_band(denoise, std::move(x), sigmas, noise, progress, errors);
  };
  return ddpm;
}

// The noise levels of a sampler, down to where the model's card advises; an ODE is followed all the way.
std::vector<double> levels_of(const LoadedDenoiser& network, const SynthOptions& options, const NamedSampler& sampler,
                              int steps) {
  const ModelCard& card = network.card;
  const double highest = card.sigma_max / sampler.sigma_max_factor;
  const double lowest = card.sampling && !options.needs_ode ? card.sampling->last_sigma : card.sigma_min;
  if (options.schedule != kLearnedSchedule) return schedule_by_name(options.schedule, steps, lowest, highest);
  const std::filesystem::path folder = options.model_folder;
  if (!network.schedule)
    fail(ExitCode::usage, folder, ": holds a ", card.kind, " model without a learned noise schedule");
  if (highest < card.sigma_max)
    fail(ExitCode::usage, "the learned schedule begins where the model ends; ", sampler.name, " goes beyond its start");
  return network.schedule->levels(steps);
}

}  // namespace

LevelSampling level_sampling(const LoadedDenoiser& network, const SynthOptions& options, const std::string& sampler,
                             int asked, int usual) {
  const ModelCard& card = network.card;
  const SamplingAdvice advice = card.sampling.value_or(SamplingAdvice{kUsualSampler, usual});
  const bool own = sampler == kModelSampler;
  LevelSampling plain{sampler_by_name(own ? advice.sampler : sampler),
                      {},
                      asked > 0 ? asked
                      : own     ? static_cast<int>(advice.steps)
                                : usual};
  if (!card.distilled) {
    plain.sigmas = levels_of(network, options, plain.sampler, plain.steps);
    if (plain.sampler.name == "ddpm" && network.variance_learned)
      plain.sampler = ddpm_by_band(plain.sampler, *network.band_errors);
    if (card.kind == name_of(ModelKind::diffusion)) plain.sampler = begun_at_mean(plain.sampler);
    return plain;
  }
  const std::filesystem::path folder = options.model_folder;
  if (options.needs_ode)
    fail(ExitCode::model, folder,
         ": holds a distilled network, which makes volumes but cannot be run backwards; use the model it was made of");
  if (asked > kMostDistilledSteps)
    fail(ExitCode::usage, folder, ": holds a distilled network, which takes 1 to ", kMostDistilledSteps, " steps, not ",
         asked);
  const int steps = asked > 0 ? asked : static_cast<int>(card.distilled->steps);
  return {consistency_sampler(card.sigma_min), consistency_levels(steps, card.sigma_min, card.sigma_max), steps};
}

LevelSampling generator_sampling(const LoadedCascade& cascade, const SynthOptions& options, torch::Device device) {
  const std::filesystem::path folder = options.model_folder;
  if (options.needs_ode)
    fail(
        ExitCode::usage, folder,
        ": holds a GAN, which makes volumes but cannot be run backwards: it has no latent and no likelihood of a scan; "
        "take a diffusion model");
  const auto refuse = [&](bool asked, const char* option) {
    if (asked)
      fail(ExitCode::usage, folder, ": holds a GAN, which makes a volume in one network call; leave ", option, " out");
  };
  refuse(options.steps > 0, "--steps");
  refuse(options.sampler != kModelSampler, "--sampler");
  refuse(options.guidance != 1, "--guidance");
  refuse(options.autoguidance > 0, "--autoguidance");
  torch::Tensor classes;
  if (!options.class_name.empty())
    classes = torch::full({1}, class_number(cascade.generator->card.conditioning, options.class_name), torch::kLong);
  NamedSampler sampler{"generator", "", false, 1, 1, generator_sampler(*cascade.generator, device, classes)};
  return {sampler, {1, 0}, 1};
}

std::vector<double> bound_levels(const LoadedDenoiser& network, int steps) {
  return network.schedule ? network.schedule->levels(steps)
                          : log_uniform_schedule(steps, network.card.sigma_min, network.card.sigma_max);
}

}  // namespace voxprior
