#pragma once

#include "workflows/batch/batch_task.h"
#include "workflows/denoise_options.h"

namespace voxprior {

/// Denoises as `voxprior denoise` does.
class DenoiseTask final : public BatchTask {
 public:
  /// `otherwise_bytes` is the limit of memory where --memory is not given. Throws Error: ExitCode::usage for options
  /// that do not go together, ExitCode::model for a model that is not there.
  DenoiseTask(const DenoiseOptions& options, double otherwise_bytes);

  nlohmann::ordered_json settings() const override;
  TaskResult work_on(Volume volume, const std::string& label, ProgressDisplay& progress) override;

 private:
  DenoiseOptions options_;
  DenoiseChoices choices_;
  ModelOnDemand model_;
};

}  // namespace voxprior
