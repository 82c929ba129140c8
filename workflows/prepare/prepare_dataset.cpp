#include "workflows/prepare/prepare_dataset.h"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "base/error.h"
#include "base/sha256.h"
#include "base/version.h"
#include "workflows/cli/interrupt.h"
#include "workflows/dicom_output.h"
#include "workflows/prepare/align.h"
#include "workflows/prepare/alignment_record.h"
#include "workflows/prepare/common_grid.h"
#include "workflows/prepare/dataset_folder.h"
#include "workflows/prepare/splits.h"
#include "workflows/prepare/survey.h"
#include "workflows/prepare/write_dataset.h"
#include "workflows/provenance.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

/// Names what the grid is too small for: in one line, however many.
void notice_cut(const DatasetPlan& plan, Survey& survey) {
  std::size_t cut = 0, example = 0;
  for (std::size_t n = 0; n < survey.volumes.size(); ++n) {
    if (!is_cut(survey.volumes[n], plan.grid, plan.source_from_dataset[n])) continue;
    if (cut++ == 0) example = n;
  }
  if (cut == 0) return;
  std::ostringstream line;
  line << survey.volumes[example].source.file << ": reaches beyond the grid and is cut";
  if (cut > 1) line << ", as are " << cut - 1 << " others";
  survey.notices.push_back(line.str() + "; a larger --size holds all");
}

/// Everything that the transforms depend on.
std::string fingerprint_of(const PrepareOptions& options, const Survey& survey, const Geometry& grid) {
  std::ostringstream text;
  text << version() << ' ' << options.similarity << ' ' << options.intensity << ' '
       << (options.reference == "mean" ? options.reference : sha256_of_file(options.reference));
  for (int n = 0; n < 3; ++n) text << ' ' << static_cast<double>(grid.size[n]) * grid.spacing_mm[n];
  for (const SurveyedVolume& volume : survey.volumes) text << ' ' << volume.sha256;
  return sha256_hex(text.str().data(), text.str().size());
}

DatasetPlan plan_dataset(const PrepareOptions& options, Survey& survey, const fs::path& folder,
                         ProgressDisplay& progress) {
  DatasetPlan plan;
  plan.splits = choose_splits(survey.volumes, options);
  plan.grid = choose_grid(survey.volumes, options);
  if (options.align == "rigid") {
    AlignmentRecord record(folder / kAlignmentRecordName, fingerprint_of(options, survey, plan.grid));
    try {
      plan.source_from_dataset = align_volumes(options, survey, plan.grid, record, progress);
    } catch (const Interrupted&) {
      record.write();
      throw;
    }
  } else {
    for (const SurveyedVolume& volume : survey.volumes)
      plan.source_from_dataset.push_back(unaligned(volume, plan.grid));
  }
  notice_cut(plan, survey);
  return plan;
}

/// What was found by registration outlives an interruption.
DatasetPlan plan_and_write(const PrepareOptions& options, Survey& survey, DatasetFolder& folder,
                           ProgressDisplay& progress) {
  const fs::path record = folder.partial() / kAlignmentRecordName;
  try {
    DatasetPlan plan = plan_dataset(options, survey, folder.partial(), progress);
    write_dataset(folder.partial(), options, survey, plan, progress);
    fs::remove(record);
    return plan;
  } catch (const Interrupted&) {
    if (!fs::exists(record)) throw;
    folder.keep();
    fail(ExitCode::resumable, folder.partial(), ": interrupted; run the same command with --resume to go on");
  }
}

/// The sidecar says which file each number was. It lies outside of the dataset: file names may name people.
void record(const Survey& survey, const fs::path& out, Provenance& provenance) {
  for (std::size_t n = 0; n < survey.volumes.size(); ++n)
    provenance["volumes"].push_back({{"number", n}, {"path", survey.volumes[n].source.file.string()}});
  provenance.add_output("dataset", out);
}

}  // namespace

PrepareReport prepare_dataset(const PrepareOptions& options, ProgressDisplay& progress) {
  const fs::path out = without_final_slash(options.output);
  for (const std::string& input : options.inputs) refuse_inside(out, input);
  check_writable(sidecar_path(out), options.overwrite ? Overwrite::yes : Overwrite::no);
  Provenance provenance("prepare");
  DatasetFolder folder(out, options.overwrite, options.resume);

  Survey survey = survey_volumes(options, progress);
  const DatasetPlan plan = plan_and_write(options, survey, folder, progress);
  tell_notices(survey.notices, provenance);
  record(survey, out, provenance);
  folder.finish();
  provenance.write_beside(out, Overwrite::yes);

  const auto in = [&](Split split) {
    return static_cast<std::size_t>(std::count(plan.splits.begin(), plan.splits.end(), split));
  };
  return {plan.splits.size(), in(Split::train),     in(Split::validation), in(Split::holdout),
          plan.grid.size,     plan.grid.spacing_mm, survey.notices.size()};
}

}  // namespace voxprior
