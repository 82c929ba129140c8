#pragma once

#include <string>
#include <vector>

#include "models/cascade_files.h"
#include "pipeline/samplers/registry.h"
#include "workflows/compute/synth_session.h"

namespace voxprior {

/// How the network of one level of a cascade is followed from noise to a volume.
struct LevelSampling {
  NamedSampler sampler;
  std::vector<double> sigmas;
  int steps = 0;
};

/// With this sampler, or for "model" the one that the model's card advises, and the schedule that was asked for,
/// "learned" being the network's own, and ddpm with the network's own variances if it has them; a distilled network as
/// the consistency function that it is. A network of whole volumes begins at their mean (begun_at_mean()). `asked`
/// steps, or where that is 0 what the network was distilled for, else for "model" what the card advises, else `usual`.
/// Throws Error(ExitCode::usage) for a sampler or schedule that does not exist and for too many steps,
/// Error(ExitCode::model) for a distilled network if options.needs_ode.
LevelSampling level_sampling(const LoadedDenoiser& network, const SynthOptions& options, const std::string& sampler,
                             int asked, int usual);

/// The same for a coarse level whose volume a GAN makes, of the class that is asked for. Throws Error(ExitCode::usage)
/// for options that it has no use for, and for all that needs the ODE.
LevelSampling generator_sampling(const LoadedCascade& cascade, const SynthOptions& options, torch::Device device);

/// Noise levels for the variational bound of `steps` steps: learned, if the network has learned them, else log-uniform.
std::vector<double> bound_levels(const LoadedDenoiser& network, int steps);

}  // namespace voxprior
