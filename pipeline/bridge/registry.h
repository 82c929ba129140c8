#pragma once

#include <torch/types.h>

#include <functional>
#include <string>
#include <vector>

#include "pipeline/bridge/predictor.h"
#include "pipeline/core/sampler.h"

namespace voxprior {

/// From a scan, [N,1,D,H,W] in the unit that the predictor takes, along `path` (bridge_path()) towards the clean
/// volume. `epsilon` is the standard deviation of the noise that a stochastic sampler works with, in that unit; the
/// others draw nothing.
using BridgeSampler =
    std::function<torch::Tensor(const BridgePredictor& predict, const torch::Tensor& scan,
                                const std::vector<double>& path, const StepNoise& noise, double epsilon)>;

/// A sampler of bridges that the command line knows by name.
struct NamedBridgeSampler {
  std::string name;
  std::string summary;       ///< one line for people
  bool draws_noise = false;  ///< the result depends on a seed
  bool iterates = true;      ///< one evaluation for each step of the path; false: one in all
  BridgeSampler sample;
};

/// All of them, the baseline first.
const std::vector<NamedBridgeSampler>& named_bridge_samplers();

/// Throws Error(ExitCode::usage) that lists the names when `name` is none of them.
const NamedBridgeSampler& bridge_sampler_by_name(const std::string& name);

/// How often the sampler evaluates the predictor on this path.
int evaluations(const NamedBridgeSampler& sampler, const std::vector<double>& path);

}  // namespace voxprior
