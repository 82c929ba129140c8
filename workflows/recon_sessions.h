#pragma once

#include <map>
#include <memory>
#include <string>

#include "workflows/cli/progress.h"
#include "workflows/compute/recon_session.h"

namespace voxprior {

/// The sessions of a run over several volumes: one for each model that is needed, opened when it is first needed.
class ReconSessions {
 public:
  /// Of settings that differ in the model's file alone. Throws as open_recon_session() does.
  const ReconSession& of(const ReconSettings& settings, ProgressDisplay& progress);

 private:
  std::map<std::string, std::unique_ptr<ReconSession>> sessions_;  // by that file
};

}  // namespace voxprior
