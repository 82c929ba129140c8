#include "workflows/superres_folder.h"

#include "base/error.h"
#include "workflows/files.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

DicomCaseRules rules_of(const DicomFolder& folder, const SuperresRun& run) {
  DicomCaseRules rules{folder.input, folder.output, folder.dicom.series, folder.reading.volume_of_4d, false};
  rules.objection = [&run](const DicomSeries& series, std::size_t stack) {
    return reason_against_thin_slices(series, stack, run.slices);
  };
  return rules;
}

void make_case_thin(const DicomOrigin& origin, const fs::path& output, const DicomFolder& folder, SuperresRun& run,
                    ProgressDisplay& progress) {
  ReconOutput out(run.command, origin, output.string(), run.recon);
  progress.stage((origin.name.empty() ? "" : origin.name + ": ") + "reading");
  const Volume thick = read_chosen_volume({origin.series, origin.stack}, folder.dicom, folder.reading);
  const std::string name = folder.input.string() + (origin.name.empty() ? "" : ": " + origin.name);
  run.make_thin(thick, name, out, progress);
}

}  // namespace

void SuperresRun::make_thin(const Volume& thick, const fs::path& name, ReconOutput& out, ProgressDisplay& progress) {
  SuperresSetup setup = set_up_superres(thick, slices, name);
  const ReconSettings settings = recon.settings(setup.ct);
  note_memory(superres_bytes(setup.thin.geometry), settings, name, progress);
  const ReconSession& session = sessions.of(settings, progress);
  refuse_other_prior(session, setup.ct, name, recon.force);
  note_session(session, settings, progress);
  const ThinVolume made = voxprior::make_thin(std::move(setup), session, progress);

  progress.stage("writing");
  progress.finish();
  out.tell(thick.notices);
  out.provenance()["slices"] = made.slices;
  out.write(made.volume, made.result.deviation, made.result, session, settings);
}

void make_folder_thin(const DicomFolder& folder, SuperresRun& run, ProgressDisplay& progress) {
  run.recon.check();
  const DicomSurvey survey = survey_folder(folder, progress);
  std::vector<DicomCase> cases = dicom_cases(survey, rules_of(folder, run));
  if (!run.recon.force) skip_other_modalities(cases, run.recon.prior(), "--prior");
  const FilesOfOneVolume extras{"--log, --preview and --uncertainty",
                                {run.recon.log, run.recon.preview, run.recon.uncertainty}};
  work_on_folder(folder, cases, "made thin", extras, progress, [&](const DicomCase& one) {
    make_case_thin({folder.input, *one.series, one.stack, one.name}, one.out_folder, folder, run, progress);
  });
}

void make_dicom_volume_thin(const DicomFolder& folder, SuperresRun& run, ProgressDisplay& progress) {
  run.recon.check();
  for (const fs::path& path :
       {folder.output, fs::path(run.recon.log), fs::path(run.recon.preview), fs::path(run.recon.uncertainty)}) {
    if (!path.empty()) refuse_inside(path, folder.input);
  }
  progress.stage("looking for series");
  const DicomVolumeChoice chosen = choose_dicom_volume(folder.input, folder.dicom, folder.reading);
  const std::string reason = reason_against_case(chosen.series, chosen.stack, rules_of(folder, run));
  if (!reason.empty()) {
    fail(ExitCode::input, folder.input, ": ", name_of_volume(chosen.series, chosen.stack), ": ", reason);
  }
  make_case_thin({folder.input, chosen.series, chosen.stack, ""}, folder.output, folder, run, progress);
}

}  // namespace voxprior
