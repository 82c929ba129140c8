#pragma once

#include <string>

#include "workflows/cli/arguments.h"
#include "workflows/denoising.h"

namespace voxprior {

/// The options that every command which denoises has: the model, what the noise is, how much of it goes, and with which
/// means.
class DenoiseOptions {
 public:
  /// Adds --model, --noise, --sigma, --sigma-map, --spectrum, --strength and what is for bridges.
  void add_to(Arguments& arguments);

  /// Adds --memory, --tile, --threads, --mirrors, --precision, --device and --force. `memory_default` says what
  /// --memory is when it is not given.
  void add_resources_to(Arguments& arguments, const std::string& memory_default);

  /// The choices, checked; `otherwise_bytes` is the limit of memory where --memory is not given. Throws
  /// Error(ExitCode::usage).
  DenoiseChoices choices(double otherwise_bytes) const;

  /// For a command that may do something else than denoise: throws Error(ExitCode::usage) for an option that was given
  /// and says how to, with the reason why it means nothing. The model and the means but for tiles mean the same there.
  void refuse_given(const std::string& why) const;

  SessionOptions session() const;
  const std::string& model() const { return model_; }  ///< a name, a file or "auto"
  long long threads() const { return threads_; }       ///< as given; 0: not
  long long memory_mb() const { return memory_mb_; }   ///< as given; 0: not

  /// All that the result depends on, as it was asked for; not what it takes in memory and time.
  nlohmann::ordered_json settings() const;

 private:
  std::string model_, noise_kind_, sigma_, sigma_map_, spectrum_, mirrors_, precision_, device_;
  double strength_ = 1;
  BridgeChoices bridge_;
  long long memory_mb_ = 0, tile_ = 0, threads_ = 0;
  bool force_ = false;
};

}  // namespace voxprior
