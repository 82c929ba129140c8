#include "workflows/denoise_model.h"

#include "workflows/installed_models.h"
#include "workflows/model_kind.h"

namespace voxprior {

ModelOnDemand::ModelOnDemand(SessionOptions options, const std::string& model) : options_(std::move(options)) {
  if (model != "auto") named_ = find_model(model).string();
}

std::string ModelOnDemand::file(bool ct) const {
  return named_.empty() ? find_model(ct ? "ct" : "mri-t1").string() : named_;
}

bool ModelOnDemand::is_bridge() const { return !named_.empty() && kind_of_model(named_) == "bridge"; }

const DenoiseSession& ModelOnDemand::session(bool ct, ProgressDisplay& progress) {
  SessionOptions options = options_;
  options.model_file = file(ct);
  std::unique_ptr<DenoiseSession>& session = sessions_[options.model_file];
  if (!session) {
    progress.stage("loading the model");
    session = open_denoise_session(options);
  }
  return *session;
}

}  // namespace voxprior
