#pragma once

#include <string>

#include "workflows/batch/batch_task.h"
#include "workflows/denoise_options.h"
#include "workflows/recon_sessions.h"
#include "workflows/superres.h"

namespace voxprior {

/// Makes thin slices out of thick ones as `voxprior recon superres` does with its default method.
class SuperresTask final : public BatchTask {
 public:
  /// Of `options` those count that are not about noise. `otherwise_bytes` is the limit of memory where --memory is not
  /// given. Throws Error(ExitCode::model) when a model that is named is not there.
  SuperresTask(const SuperresChoices& choices, const DenoiseOptions& options, double otherwise_bytes);

  nlohmann::ordered_json settings() const override;
  TaskResult work_on(Volume volume, const std::string& label, ProgressDisplay& progress) override;

 private:
  SuperresChoices choices_;
  std::string model_;  // a name, a file or "auto"
  bool force_ = false;
  ReconSettings settings_;  // but for the model's file
  ReconSessions sessions_;
};

}  // namespace voxprior
