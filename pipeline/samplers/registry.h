#pragma once

#include <string>
#include <vector>

#include "pipeline/core/sampler.h"

namespace voxprior {

/// A sampler that the command line knows by name.
struct NamedSampler {
  std::string name;
  std::string summary;           ///< one line for --help
  bool draws_noise = false;      ///< a sample depends on its seed beyond the starting noise
  int evaluations_per_step = 1;  ///< of the denoiser; the step to 0 takes one whatever the sampler
  double sigma_max_factor = 1;   ///< the denoiser may be asked at up to this times sigmas.front()
  Sampler sample;
  int evaluations_at_start = 0;  ///< before the first step, see begun_at_mean()
};

/// All of them, in the order in which help lists them.
const std::vector<NamedSampler>& named_samplers();

/// Throws Error(ExitCode::usage) that lists the names when `name` is none of them.
const NamedSampler& sampler_by_name(const std::string& name);

/// How often the sampler evaluates the denoiser over `sigmas`.
int evaluations(const NamedSampler& sampler, const std::vector<double>& sigmas);

/// karras, log-uniform, cosine, linear: what schedule_by_name takes.
std::vector<std::string> schedule_names();

/// steps + 1 levels from sigma_max to sigma_min and 0; see pipeline/samplers/schedule.h.
/// Throws Error(ExitCode::usage) for a name that does not exist and for levels that cannot be.
std::vector<double> schedule_by_name(const std::string& name, int steps, double sigma_min, double sigma_max);

}  // namespace voxprior
