#include "workflows/denoise_folder.h"

#include <iostream>

#include "base/error.h"
#include "workflows/derived_record.h"

namespace voxprior {
namespace {

void denoise_case(const DicomCase& one, const FolderToDenoise& folder, DenoiseChoices choices, ModelOnDemand& model,
                  ProgressDisplay& progress) {
  Provenance provenance("denoise");
  add_series_input(provenance, "series", folder.input, *one.series, one.stack);
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
  tell_clipped(report, one.name + ": ");
  for (const std::string& line : clean.uncertainty.lines) std::cout << one.name << ": " << line << '\n';
  std::cout << one.name << ": wrote " << one.out_folder.string() << '\n';
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

/// Gantry-tilted slices have a grid that no volume file holds.
void refuse_volumes_of_tilted(const std::vector<DicomCase>& cases, const FolderToDenoise& folder) {
  if (!folder.extras.any_volume() || count_to_do(cases) > 1) return;
  for (const DicomCase& one : cases) {
    if (one.reason.empty() && one.series->stacks[one.stack].sheared) {
      fail(ExitCode::usage, folder.input, ": ", one.name,
           ": its slices are tilted (gantry tilt), which no file for --residual, --noise-map, --uncertainty or ",
           "--data-share can hold; look at --preview instead");
    }
  }
}

}  // namespace

void denoise_folder(const FolderToDenoise& folder, const DenoiseChoices& choices, ModelOnDemand& model,
                    ProgressDisplay& progress) {
  const DicomSurvey survey = survey_folder(folder, progress);
  const std::vector<DicomCase> cases = cases_of(survey, folder, model, progress);
  refuse_volumes_of_tilted(cases, folder);
  const FilesOfOneVolume extras{"--residual, --noise-map, --uncertainty, --data-share and --preview",
                                folder.extras.paths()};
  work_on_folder(folder, cases, "denoised", extras, progress,
                 [&](const DicomCase& one) { denoise_case(one, folder, choices, model, progress); });
}

}  // namespace voxprior
