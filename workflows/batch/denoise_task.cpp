#include "workflows/batch/denoise_task.h"

#include <cstdio>

#include "base/sha256.h"

namespace voxprior {
namespace {

constexpr double kOtherStagesBytesPerVoxel = kReadAheadBytesPerVoxel + kWriteBehindBytesPerVoxel;

nlohmann::ordered_json facts_of(const nlohmann::ordered_json& record) {
  nlohmann::ordered_json facts = nlohmann::ordered_json::object();
  for (const char* key : {"noise", "residual_structure", "model"}) {
    if (record.contains(key)) facts[key] = record[key];
  }
  if (record.contains("intensity")) {
    facts["relative_sigma"] = record["noise"]["sigma"].get<double>() / record["intensity"]["scale"].get<double>();
  }
  return facts;
}

std::string told_of(const nlohmann::ordered_json& facts) {
  if (!facts.contains("noise")) return {};
  char sigma[64];
  std::snprintf(sigma, sizeof sigma, "sigma %.4g", facts["noise"]["sigma"].get<double>());
  return sigma;
}

}  // namespace

const TaskFacts& denoise_facts() {
  static const TaskFacts facts = [] {
    TaskFacts denoise;
    denoise.name = "denoise";
    denoise.counted = denoise.description = "denoised";
    denoise.described_as = "noise removed by voxprior; grid, orientation and intensity scale are those of the source";
    denoise.dataset_name = "voxprior: denoised";
    denoise.generated_by = "denoising with a learned prior; research use only";
    denoise.readme_title = "Denoised scans";
    denoise.readme_results =
        "have the grid, orientation, data type and intensity scale of their sources. The `.json` beside each names the "
        "source, the model and the noise that was found.";
    return denoise;
  }();
  return facts;
}

DenoiseTask::DenoiseTask(const DenoiseOptions& options, double otherwise_bytes)
    : options_(options), choices_(options.choices(otherwise_bytes)), model_(options.session(), options.model()) {
  choices_.bridge.check(model_.is_bridge(), choices_.noise);
}

nlohmann::ordered_json DenoiseTask::settings() const {
  nlohmann::ordered_json settings = options_.settings();
  // With --model auto any of two models may serve a scan.
  for (const bool ct : {false, true}) settings["models"].push_back(sha256_of_file(model_.file(ct)));
  return settings;
}

TaskResult DenoiseTask::work_on(Volume volume, const std::string& label, ProgressDisplay& progress) {
  DenoiseChoices choices = choices_;
  choices.volume_name = label;
  choices.memory_bytes -= kOtherStagesBytesPerVoxel * static_cast<double>(volume.geometry.voxel_count());
  Denoised denoised = denoise_volume(volume, choices, model_, progress);

  TaskResult result;
  result.volume = std::move(volume);
  result.volume.voxels = std::move(denoised.voxels);
  result.notices = std::move(denoised.notices);
  result.record = std::move(denoised.record);
  result.facts = facts_of(result.record);
  result.told = told_of(result.facts);
  return result;
}

}  // namespace voxprior
