#include "pipeline/bridge/registry.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "pipeline/bridge/drift_corrected.h"
#include "pipeline/bridge/i2sb.h"
#include "pipeline/bridge/indi.h"
#include "pipeline/bridge/one_step.h"
#include "pipeline/bridge/process_defined.h"

namespace voxprior {
namespace {

using DeterministicBridgeSampler =
    std::function<torch::Tensor(const BridgePredictor&, const torch::Tensor&, const std::vector<double>&)>;

BridgeSampler deterministic(DeterministicBridgeSampler sample) {
  return [sample = std::move(sample)](const BridgePredictor& predict, const torch::Tensor& scan,
                                      const std::vector<double>& path, const StepNoise&,
                                      double) { return sample(predict, scan, path); };
}

torch::Tensor indi_with_constant_noise(const BridgePredictor& predict, const torch::Tensor& scan,
                                       const std::vector<double>& path, const StepNoise& noise, double epsilon) {
  return sample_indi(predict, scan, path, noise, [epsilon](double) { return epsilon; });
}

}  // namespace

const std::vector<NamedBridgeSampler>& named_bridge_samplers() {
  static const std::vector<NamedBridgeSampler> samplers{
      {"one-step", "plain regression: one evaluation at the scan", false, false, deterministic(sample_one_step)},
      {"process", "predicts, and mixes the prediction with the scan again", false, true,
       deterministic(sample_process_defined)},
      {"drift-fixed", "drift-corrected towards the scan: the mean of the predictions on the way", false, true,
       deterministic(sample_drift_fixed)},
      {"drift-implied", "drift-corrected towards the scan that each prediction implies", false, true,
       deterministic(sample_drift_implied)},
      {"indi", "InDI: drift-implied from a scan with a little more noise", true, true, indi_with_constant_noise},
      {"i2sb", "I2SB: drift-implied with noise drawn at every step", true, true, sample_i2sb}};
  return samplers;
}

const NamedBridgeSampler& bridge_sampler_by_name(const std::string& name) {
  std::string names;
  for (const NamedBridgeSampler& sampler : named_bridge_samplers()) {
    if (sampler.name == name) return sampler;
    names += (names.empty() ? "" : ", ") + sampler.name;
  }
  fail(ExitCode::usage, "no sampler of a bridge is called \"", name, "\"; there are ", names);
}

int evaluations(const NamedBridgeSampler& sampler, const std::vector<double>& path) {
  const int steps = static_cast<int>(path.size()) - 1;
  return sampler.iterates ? steps : std::min(1, steps);
}

}  // namespace voxprior
