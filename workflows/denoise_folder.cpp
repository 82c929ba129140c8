#include "workflows/denoise_folder.h"

#include <iostream>

#include "base/error.h"
#include "io/volume_file.h"
#include "workflows/dicom_cases.h"
#include "workflows/dicom_output.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

/// Every parameter that the result depends on, in a fixed order; for DerivationDescription and for UIDs.
std::string parameters_of(const nlohmann::ordered_json& record) {
  std::string text;
  const auto add = [&](const std::string& what, const nlohmann::ordered_json& value) {
    text += (text.empty() ? "" : ", ") + what + " " + (value.is_string() ? value.get<std::string>() : value.dump());
  };
  if (record.contains("noise")) {
    add("noise", record["noise"]["kind"]);
    add("sigma", record["noise"]["sigma"]);
  }
  for (const char* key : {"mirrors", "precision", "device"}) {
    if (record.contains(key)) add(key, record[key]);
  }
  if (!record.contains("model")) text += std::string(text.empty() ? "" : ", ") + "voxels copied as they were";
  return text + ", no random numbers";
}

DerivedSeriesOptions options_for(const FolderToDenoise& folder, const nlohmann::ordered_json& record) {
  DerivedSeriesOptions options;
  if (record.contains("model")) {
    options.model_name = record["model"]["name"];
    options.model_sha256 = record["model"]["sha256"];
  }
  options.parameters = parameters_of(record);
  options.created = creation_time();
  options.keep_private = folder.keep_private;
  options.overwrite = folder.overwrite ? Overwrite::yes : Overwrite::no;
  return options;
}

void denoise_case(const DicomCase& one, const FolderToDenoise& folder, DenoiseChoices choices,
                  ProgressDisplay& progress) {
  Provenance provenance("denoise");
  provenance["inputs"]["series"] = {
      {"path", folder.input.string()}, {"series_uid", one.series->series_uid}, {"volume", one.stack}};
  choices.volume_name = folder.input.string() + ": " + one.name;

  progress.stage(one.name + ": reading");
  const Volume noisy = read_chosen_volume({*one.series, one.stack}, folder.dicom, folder.reading);
  Denoised clean = denoise_volume(noisy, choices, progress);
  provenance.update(clean.record);

  progress.stage(one.name + ": writing");
  Volume result = noisy;
  result.voxels = std::move(clean.voxels);
  const DerivedSeriesOptions options = options_for(folder, clean.record);
  const DerivedSeriesReport report = write_derived_series(one.out_folder, *one.series, one.stack, result, options);
  progress.finish();
  tell_notices(noisy.notices, provenance);
  tell_notices(clean.notices, provenance);
  tell_notices(report.notices, provenance);
  finish_dicom_output(one.out_folder, report, provenance, options.overwrite);
  if (report.saturated_voxels > 0) {
    std::cout << one.name << ": clipped " << report.saturated_voxels << " voxels to the range of the stored bits\n";
  }
  std::cout << one.name << ": wrote " << one.out_folder.string() << '\n';
}

/// A folder made unless it is there, and removed again if nothing was put into it.
class OutputFolder {
 public:
  explicit OutputFolder(const fs::path& folder) : folder_(folder) {
    std::error_code problem;
    fs::create_directory(folder_, problem);
    if (problem) fail(ExitCode::output, folder_, ": cannot create this folder: ", problem.message());
  }
  ~OutputFolder() {
    std::error_code ignored;
    fs::remove(folder_, ignored);
  }
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

 private:
  fs::path folder_;
};

struct Outcome {
  std::size_t written = 0, failed = 0;
};

/// One volume that cannot be denoised does not keep the others from it; trouble with the model or the disk does.
Outcome denoise_cases(const std::vector<DicomCase>& cases, const FolderToDenoise& folder, const DenoiseChoices& choices,
                      ProgressDisplay& progress) {
  Outcome outcome;
  for (const DicomCase& one : cases) {
    if (!one.reason.empty()) {
      std::cout << one.name << ": skipped: " << one.reason << '\n';
      continue;
    }
    try {
      denoise_case(one, folder, choices, progress);
      ++outcome.written;
    } catch (const Error& error) {
      if (error.code() != ExitCode::input) throw;
      progress.finish();
      std::cout << one.name << ": failed: " << error.what() << '\n';
      ++outcome.failed;
    }
  }
  return outcome;
}

DicomCaseRules rules_for(const FolderToDenoise& folder, const ModelFacts& model) {
  return {folder.input, folder.output, folder.dicom.series, folder.reading.volume_of_4d, folder.dicom.allow_gaps,
          model.name,   model.modality};
}

}  // namespace

void denoise_folder(const FolderToDenoise& folder, const DenoiseChoices& choices, ProgressDisplay& progress) {
  refuse_inside(folder.output, folder.input);
  DicomLimits limits;
  limits.max_voxels = folder.reading.max_voxels;
  progress.stage("looking for series");
  const DicomSurvey survey = survey_dicom({folder.input}, limits);
  for (const std::string& damaged : survey.unreadable) std::cerr << "notice: " << damaged << '\n';
  if (survey.series.empty()) {
    fail(ExitCode::input, folder.input, ": holds no DICOM series; name a volume file or a folder of DICOM files");
  }
  if (!volume_ending(folder.output).empty()) {
    fail(ExitCode::usage, folder.output, ": a DICOM series is denoised into a folder; name one, or convert IN first");
  }
  const auto session = open_denoise_session(choices.session);
  const std::vector<DicomCase> cases = dicom_cases(survey, rules_for(folder, session->model()));

  const OutputFolder made(folder.output);
  for (const DicomCase& one : cases) {
    if (one.reason.empty()) check_dicom_output(one.out_folder, folder.overwrite ? Overwrite::yes : Overwrite::no);
  }
  const Outcome outcome = denoise_cases(cases, folder, choices, progress);
  progress.finish();
  if (outcome.written == 0) {
    fail(ExitCode::input, folder.input, ": nothing was denoised, for the reasons listed above; ", cases.size(),
         " volumes found");
  }
  if (outcome.failed > 0) {
    fail(ExitCode::some_failed, folder.input, ": ", outcome.failed, " of ", outcome.written + outcome.failed,
         " volumes failed, for the reasons listed above; the others were written");
  }
}

}  // namespace voxprior
