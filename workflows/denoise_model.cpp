#include "workflows/denoise_model.h"

namespace voxprior {

const DenoiseSession& ModelOnDemand::session(ProgressDisplay& progress) {
  if (!session_) {
    progress.stage("loading the model");
    session_ = open_denoise_session(options_);
  }
  return *session_;
}

}  // namespace voxprior
