#include "pipeline/samplers/registry.h"

#include <cmath>
#include <functional>
#include <utility>

#include "base/error.h"
#include "pipeline/samplers/ddim.h"
#include "pipeline/samplers/ddpm.h"
#include "pipeline/samplers/dpm_solver_2m.h"
#include "pipeline/samplers/dpm_solver_2m_sde.h"
#include "pipeline/samplers/dpm_solver_3m.h"
#include "pipeline/samplers/euler.h"
#include "pipeline/samplers/heun.h"
#include "pipeline/samplers/heun_churn.h"
#include "pipeline/samplers/schedule.h"
#include "pipeline/samplers/unipc.h"

namespace voxprior {
namespace {

using DeterministicSampler =
    std::function<torch::Tensor(const Denoiser&, torch::Tensor, const std::vector<double>&, const Progress&)>;

Sampler deterministic(DeterministicSampler sample) {
  return [sample = std::move(sample)](const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas,
                                      const StepNoise&, const Progress& progress) {
    return sample(denoise, std::move(x), sigmas, progress);
  };
}

/// A sampler's function with what follows `progress` in its arguments bound to `rest`.
template <typename Function, typename... Rest>
Sampler stochastic(Function function, Rest... rest) {
  return [=](const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas, const StepNoise& noise,
             const Progress& progress) { return function(denoise, std::move(x), sigmas, noise, progress, rest...); };
}

DeterministicSampler unipc(int order) {
  return [order](const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas,
                 const Progress& progress) { return sample_unipc(denoise, std::move(x), sigmas, progress, order); };
}

std::string listed(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

using Schedule = std::function<std::vector<double>(int, double, double)>;

const std::vector<std::pair<std::string, Schedule>>& named_schedules() {
  static const std::vector<std::pair<std::string, Schedule>> schedules{
      {"karras", [](int steps, double low, double high) { return karras_schedule(steps, low, high); }},
      {"log-uniform", log_uniform_schedule},
      {"cosine", cosine_schedule},
      {"linear", linear_schedule}};
  return schedules;
}

}  // namespace

const std::vector<NamedSampler>& named_samplers() {
  static const std::vector<NamedSampler> samplers{
      {"dpmpp-2m", "DPM-Solver++(2M): second order, the safe choice for 10 to 30 steps", false, 1, 1,
       deterministic(sample_dpm_solver_2m)},
      {"dpmpp-3m", "DPM-Solver++(3M): third order, for 15 steps and up", false, 1, 1,
       deterministic(sample_dpm_solver_3m)},
      {"unipc-2", "UniPC of order 2: predictor and corrector, for 6 to 20 steps", false, 1, 1, deterministic(unipc(2))},
      {"unipc-3", "UniPC of order 3", false, 1, 1, deterministic(unipc(3))},
      {"heun", "Heun (EDM): second order in sigma, two evaluations a step", false, 2, 1, deterministic(sample_heun)},
      {"heun-churn", "Heun with noise added on the way (EDM, S_churn 20): corrects the errors of a network", true, 2,
       std::sqrt(2.), stochastic(sample_heun_churn, Churn{})},
      {"euler", "Euler, which is DDIM with eta 0: first order", false, 1, 1, deterministic(sample_euler)},
      {"ddim", "DDIM with eta 0: the same as euler", false, 1, 1, stochastic(sample_ddim, 0.)},
      {"ddpm", "ancestral sampling (DDPM), for 100 steps and up", true, 1, 1,
       stochastic(sample_ddpm, ReverseVariance(fixed_small_variance))},
      {"dpmpp-2m-sde", "SDE-DPM-Solver++(2M): ancestral sampling of second order, for 30 steps and up", true, 1, 1,
       stochastic(sample_dpm_solver_2m_sde)}};
  return samplers;
}

const NamedSampler& sampler_by_name(const std::string& name) {
  std::vector<std::string> names;
  for (const NamedSampler& sampler : named_samplers()) {
    if (sampler.name == name) return sampler;
    names.push_back(sampler.name);
  }
  fail(ExitCode::usage, "no sampler is called \"", name, "\"; there are ", listed(names));
}

int evaluations(const NamedSampler& sampler, const std::vector<double>& sigmas) {
  const int steps = static_cast<int>(sigmas.size()) - 1;
  const int saved = sigmas.back() == 0 ? sampler.evaluations_per_step - 1 : 0;
  return sampler.evaluations_at_start + steps * sampler.evaluations_per_step - saved;
}

std::vector<std::string> schedule_names() {
  std::vector<std::string> names;
  for (const auto& [name, schedule] : named_schedules()) names.push_back(name);
  return names;
}

std::vector<double> schedule_by_name(const std::string& name, int steps, double sigma_min, double sigma_max) {
  for (const auto& [known, schedule] : named_schedules())
    if (known == name) return schedule(steps, sigma_min, sigma_max);
  fail(ExitCode::usage, "no noise schedule is called \"", name, "\"; there are ", listed(schedule_names()));
}

}  // namespace voxprior
