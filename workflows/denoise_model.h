#pragma once

#include <memory>
#include <utility>

#include "workflows/cli/progress.h"
#include "workflows/compute/denoise_session.h"

namespace voxprior {

/// The model of a run: loaded when it is first needed, then kept for every volume.
class ModelOnDemand {
 public:
  explicit ModelOnDemand(SessionOptions options) : options_(std::move(options)) {}

  const SessionOptions& options() const { return options_; }

  /// Throws as open_denoise_session does.
  const DenoiseSession& session(ProgressDisplay& progress);

 private:
  SessionOptions options_;
  std::unique_ptr<DenoiseSession> session_;
};

}  // namespace voxprior
