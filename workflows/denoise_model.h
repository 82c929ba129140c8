#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "workflows/cli/progress.h"
#include "workflows/compute/denoise_session.h"

namespace voxprior {

/// The model of a run: loaded when it is first needed, then kept for every volume.
class ModelOnDemand {
 public:
  /// `model` is a name, a file, or "auto" for the shipped denoiser of each volume's modality: ct for CT, mri-t1 for
  /// anything else. Throws Error(ExitCode::model) when the named one is not there.
  ModelOnDemand(SessionOptions options, const std::string& model);

  const SessionOptions& options() const { return options_; }
  bool chosen_by_modality() const { return named_.empty(); }
  /// Whether the model is a bridge, as its header says: it is not loaded for that.
  bool is_bridge() const;

  /// The file that serves CT volumes, or others.
  std::string file(bool ct) const;

  /// Throws as open_denoise_session does.
  const DenoiseSession& session(bool ct, ProgressDisplay& progress);

 private:
  SessionOptions options_;
  std::string named_;                                                // the file; empty: chosen by modality
  std::map<std::string, std::unique_ptr<DenoiseSession>> sessions_;  // by file
};

}  // namespace voxprior
