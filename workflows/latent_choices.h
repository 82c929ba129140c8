#pragma once

#include <string>

#include "workflows/cli/arguments.h"
#include "workflows/compute/synth_session.h"

namespace voxprior {

/// The options of commands that go between volumes and latents: --model, --steps, --detail-steps, --schedule, --memory,
/// --threads, --precision, --device, --overwrite.
class LatentChoices {
 public:
  void add_to(Arguments& arguments);

  /// Finds the model. Throws Error(ExitCode::model).
  SynthOptions options() const;

  bool overwrite = false;

 private:
  SynthOptions options_;
  std::string model_;
  long long steps_ = 0, detail_steps_ = 0, memory_mb_ = 0, threads_ = 0;
};

}  // namespace voxprior
