#include "workflows/recon_sessions.h"

namespace voxprior {

const ReconSession& ReconSessions::of(const ReconSettings& settings, ProgressDisplay& progress) {
  std::unique_ptr<ReconSession>& session = sessions_[settings.model_file];
  if (!session) {
    if (!settings.model_file.empty()) progress.stage("loading the model");
    session = open_recon_session(settings);
  }
  return *session;
}

}  // namespace voxprior
