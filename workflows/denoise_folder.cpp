#include "workflows/denoise_folder.h"

#include <iostream>

#include "base/error.h"
#include "io/volume_file.h"
#include "workflows/derived_denoising.h"
#include "workflows/dicom_cases.h"
#include "workflows/dicom_output.h"
#include "workflows/files.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

void denoise_case(const DicomCase& one, const FolderToDenoise& folder, DenoiseChoices choices, ModelOnDemand& model,
                  ProgressDisplay& progress) {
  Provenance provenance("denoise");
  provenance["inputs"]["series"] = {
      {"path", folder.input.string()}, {"series_uid", one.series->series_uid}, {"volume", one.stack}};
  choices.volume_name = folder.input.string() + ": " + one.name;

  progress.stage(one.name + ": reading");
  const Volume noisy = read_chosen_volume({*one.series, one.stack}, folder.dicom, folder.reading);
  Denoised clean = denoise_volume(noisy, choices, model, progress);
  provenance.update(clean.record);

  progress.stage(one.name + ": writing");
  const DerivedSeriesOptions options =
      derived_series_options(clean.record, folder.keep_private, folder.overwrite ? Overwrite::yes : Overwrite::no);
  ExtraOutput extras(provenance, options.overwrite);
  folder.extras.write(noisy, clean, extras, provenance);
  Volume result = noisy;
  result.voxels = std::move(clean.voxels);
  const DerivedSeriesReport report = write_derived_series(one.out_folder, *one.series, one.stack, result, options);
  progress.finish();
  tell_notices(noisy.notices, provenance);
  tell_notices(clean.notices, provenance);
  tell_notices(report.notices, provenance);
  finish_dicom_output(one.out_folder, report, provenance, options.overwrite);
  extras.keep();
  if (report.saturated_voxels > 0) {
    std::cout << one.name << ": clipped " << report.saturated_voxels << " voxels to the range of the stored bits\n";
  }
  for (const std::string& line : clean.uncertainty.lines) std::cout << one.name << ": " << line << '\n';
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
                      ModelOnDemand& model, ProgressDisplay& progress) {
  Outcome outcome;
  for (const DicomCase& one : cases) {
    if (!one.reason.empty()) {
      std::cout << one.name << ": skipped: " << one.reason << '\n';
      continue;
    }
    try {
      denoise_case(one, folder, choices, model, progress);
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

/// The survey of the input, once it is clear that something can come of it.
DicomSurvey survey_of(const FolderToDenoise& folder) {
  DicomLimits limits;
  limits.max_voxels = folder.reading.max_voxels;
  DicomSurvey survey = survey_dicom({folder.input}, limits);
  for (const std::string& damaged : survey.unreadable) std::cerr << "notice: " << damaged << '\n';
  if (survey.series.empty()) {
    fail(ExitCode::input, folder.input, ": holds no DICOM series; name a volume file or a folder of DICOM files");
  }
  if (!volume_ending(folder.output).empty()) {
    fail(ExitCode::usage, folder.output, ": a DICOM series is denoised into a folder; name one, or convert IN first");
  }
  return survey;
}

/// Every volume asked for; those that cannot be denoised with a reason.
std::vector<DicomCase> cases_of(const DicomSurvey& survey, const FolderToDenoise& folder, ModelOnDemand& model,
                                ProgressDisplay& progress) {
  std::vector<DicomCase> cases = dicom_cases(
      survey, {folder.input, folder.output, folder.dicom.series, folder.reading.volume_of_4d, folder.dicom.allow_gaps});
  if (count_to_do(cases) > 0 && !model.chosen_by_modality())
    skip_other_modalities(cases, model.session(false, progress).model());
  return cases;
}

void check_extras(const std::vector<DicomCase>& cases, const FolderToDenoise& folder, Overwrite overwrite) {
  if (!folder.extras.any()) return;
  if (const std::size_t count = count_to_do(cases); count > 1) {
    fail(ExitCode::usage, folder.input, ": ", count,
         " volumes would be denoised, but --residual, --noise-map, --uncertainty, --data-share and --preview name the "
         "file ",
         "of one; choose it with ", "--series, and with --volume where a series has several");
  }
  for (const DicomCase& one : cases) {
    if (one.reason.empty() && one.series->stacks[one.stack].sheared && folder.extras.any_volume()) {
      fail(ExitCode::usage, folder.input, ": ", one.name,
           ": its slices are tilted (gantry tilt), which no file for --residual, --noise-map, --uncertainty or ",
           "--data-share can hold; ", "look at --preview instead");
    }
  }
  for (const fs::path& path : folder.extras.paths()) {
    if (!path.empty()) refuse_inside(path, folder.input);
  }
  check_outputs(folder.extras.paths(), {}, overwrite);
}

}  // namespace

void denoise_folder(const FolderToDenoise& folder, const DenoiseChoices& choices, ModelOnDemand& model,
                    ProgressDisplay& progress) {
  refuse_inside(folder.output, folder.input);
  progress.stage("looking for series");
  const DicomSurvey survey = survey_of(folder);
  const std::vector<DicomCase> cases = cases_of(survey, folder, model, progress);

  const OutputFolder made(folder.output);
  const Overwrite overwrite = folder.overwrite ? Overwrite::yes : Overwrite::no;
  for (const DicomCase& one : cases) {
    if (one.reason.empty()) check_dicom_output(one.out_folder, overwrite);
  }
  check_extras(cases, folder, overwrite);
  const Outcome outcome = denoise_cases(cases, folder, choices, model, progress);
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
