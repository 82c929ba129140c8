#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "workflows/cli/arguments.h"
#include "workflows/compute/denoise_session.h"
#include "workflows/noise_level.h"

namespace voxprior {

/// The options of `denoise` that are for bridges (models of kind bridge): --sampler and --steps, and the seed.
class BridgeChoices {
 public:
  void add_to(Arguments& arguments);

  /// Throws Error(ExitCode::usage) for options that do not fit the kind of the model: of bridges those that say what
  /// the noise is, which a bridge learned from its pairs; of denoisers those here.
  void check(bool bridge, const NoiseChoice& noise) const;

  /// Throws Error(ExitCode::usage) for an option that was given, with the reason why it means nothing.
  void refuse_given(const std::string& why) const;

  /// The seed that was given, if any.
  void use_seed(std::optional<std::uint64_t> seed) { seed_ = seed; }

  /// How a bridge is to be followed: what was asked for, and what its card advises of the rest. Throws
  /// Error(ExitCode::usage) for a number of steps or a seed that means nothing to the sampler.
  BridgeRun run(const ModelFacts& model, double strength) const;

  /// What was asked for.
  nlohmann::ordered_json settings() const;

 private:
  std::string sampler_;
  long long steps_ = 0;  // not given
  std::optional<std::uint64_t> seed_;
};

}  // namespace voxprior
