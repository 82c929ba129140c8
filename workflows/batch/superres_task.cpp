#include "workflows/batch/superres_task.h"

#include <algorithm>
#include <cstdio>

#include "base/sha256.h"
#include "workflows/installed_models.h"
#include "workflows/recon_output.h"

namespace voxprior {
namespace {

ReconSettings settings_of(const DenoiseOptions& options, double otherwise_bytes) {
  const SessionOptions session = options.session();
  ReconSettings settings;
  settings.method = kSuperresMethod;
  settings.device = session.device;
  settings.precision = session.precision;
  settings.mirrors = session.mirrors;
  settings.threads = session.threads;
  settings.memory_bytes = options.choices(otherwise_bytes).memory_bytes;
  return settings;
}

std::string file_for(const std::string& model, bool ct) {
  return find_model(model != "auto" ? model : ct ? "ct" : "mri-t1").string();
}

std::string in_words(const char* format, double thin_mm, double thick_mm) {
  char text[96];
  std::snprintf(text, sizeof text, format, thin_mm, thick_mm);
  return text;
}

}  // namespace

const TaskFacts& superres_facts() {
  static const TaskFacts facts = [] {
    TaskFacts superres;
    superres.name = superres.description = "superres";
    superres.counted = "made thin";
    superres.described_as =
        "thin slices made of thick ones by voxprior; what lies between the thick ones is the prior's, not measured; "
        "orientation and intensity scale are those of the source";
    superres.dataset_name = "voxprior: thin slices";
    superres.generated_by = "thin slices made of thick ones with a learned prior; research use only";
    superres.readme_title = "Thin slices made of thick ones";
    superres.readme_results =
        "have thin slices where their sources have thick ones: the means over each thick slice are what was measured, "
        "what lies between is the prior's, plausible and not measured. Orientation and intensity scale are those of "
        "the sources. The `.json` beside each names the source, the model and the slices.";
    return superres;
  }();
  return facts;
}

SuperresTask::SuperresTask(const SuperresChoices& choices, const DenoiseOptions& options, double otherwise_bytes)
    : choices_(choices),
      model_(options.model()),
      force_(options.choices(otherwise_bytes).force),
      settings_(settings_of(options, otherwise_bytes)) {
  if (model_ != "auto") file_for(model_, false);
}

nlohmann::ordered_json SuperresTask::settings() const {
  nlohmann::ordered_json settings = choices_.settings();
  settings["method"] = kSuperresMethod;
  settings["mirrors"] = settings_.mirrors;
  settings["precision"] = settings_.precision;
  settings["device"] = settings_.device;
  settings["force"] = force_;
  // With --model auto any of two models may serve a scan.
  for (const bool ct : {false, true}) settings["models"].push_back(sha256_of_file(file_for(model_, ct)));
  return settings;
}

TaskResult SuperresTask::work_on(Volume volume, const std::string& label, ProgressDisplay& progress) {
  progress.stage("estimating noise");
  SuperresSetup setup = set_up_superres(volume, choices_, label);
  const Geometry &thick = volume.geometry, &thin = setup.thin.geometry;
  const double others_bytes = kReadAheadBytesPerVoxel * static_cast<double>(thick.voxel_count()) +
                              kWriteBehindBytesPerVoxel * static_cast<double>(thin.voxel_count());
  ReconSettings left = settings_;
  left.memory_bytes = std::max(0., settings_.memory_bytes - others_bytes);
  note_memory(superres_bytes(thin), left, label, progress);

  // The session keeps all of the limit: its tiles, and with them the last bits, are then the same whatever came first.
  ReconSettings settings = settings_;
  settings.model_file = file_for(model_, setup.ct);
  const ReconSession& recon = sessions_.of(settings, progress);
  refuse_other_prior(recon, setup.ct, label, force_);
  note_session(recon, settings, progress);
  ThinVolume made = make_thin(std::move(setup), recon, progress);

  TaskResult result;
  result.volume = std::move(made.volume);
  result.volume.notices = std::move(volume.notices);
  result.notices = made.result.notices;
  result.record["slices"] = made.slices;
  result.record["reconstruction"] = record_of(made.result, recon, settings);
  result.record["reconstruction"].erase("compute_seconds");  // or the same scan would not give the same bytes
  result.facts["model"] = result.record["reconstruction"]["model"];
  const double thin_mm = made.slices["thin_mm"], thick_mm = made.slices["thick_mm"];
  result.told = in_words("slices of %.4g mm out of %.4g mm", thin_mm, thick_mm);
  result.metadata["SliceThickness"] = thin_mm;
  result.metadata["Resolution"] = in_words("slices of %.4g mm made of slices %.4g mm apart", thin_mm, thick_mm);
  return result;
}

}  // namespace voxprior
