#include "workflows/batch/find_cases.h"

#include <algorithm>
#include <map>
#include <sstream>

#include "base/error.h"
#include "base/sha256.h"
#include "io/dicom/find_series.h"
#include "io/volume_file.h"
#include "workflows/batch/write_case.h"
#include "workflows/dicom_cases.h"
#include "workflows/dicom_output.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

/// What a model is for: mri-t1, which "auto" takes for MRI, for T1w alone; a model that was named for what it is given.
BidsFilter filter_of(const BatchRequest& request) {
  if (!request.filter_file.empty()) return BidsFilter::from_file(request.filter_file);
  if (request.model == "auto" || request.model == "mri-t1") return BidsFilter::anatomical({"T1w"});
  return BidsFilter::anatomical({"T1w", "T2w", "PDw", "T2starw", "FLAIR", "inplaneT1", "inplaneT2", "PDT2"});
}

/// Derivatives lie in derivatives/ of their dataset or elsewhere, never among its scans.
void refuse_among_scans(const BatchRequest& request) {
  const fs::path inner = fs::weakly_canonical(request.output).lexically_relative(fs::weakly_canonical(request.input));
  if (!inner.empty() && *inner.begin() == "derivatives") return;
  refuse_inside(request.output, request.input);
}

BatchInput tree_cases(const fs::path& folder) {
  BatchInput input;
  std::error_code problem;
  const auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator entry(folder, options, problem), end; entry != end; entry.increment(problem)) {
    const fs::path& path = entry->path();
    std::error_code ignored;
    if (path.filename().string()[0] == '.' || volume_ending(path).empty() || entry->is_directory(ignored)) continue;
    BatchCase one;
    one.output = path.lexically_relative(folder);
    one.name = one.label = one.output.string();
    one.files = {path};
    input.cases.push_back(std::move(one));
  }
  if (problem) fail(ExitCode::input, folder, ": cannot be searched: ", problem.message());
  std::sort(input.cases.begin(), input.cases.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return input;
}

/// A name that the patient is not told by and that stays when other series come or go.
std::string dicom_name(const DicomSeries& series, std::size_t stack) {
  std::string name = "series-" + sha256_hex(series.series_uid.data(), series.series_uid.size()).substr(0, 12);
  if (series.stacks.size() > 1) name += "-volume-" + std::to_string(stack);
  return name;
}

std::vector<fs::path> files_of(const DicomSeries& series, std::size_t stack) {
  std::vector<fs::path> files;
  if (stack >= series.stacks.size()) return files;
  for (const DicomFrame& frame : series.stacks[stack].frames) files.push_back(frame.file);
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return files;
}

BatchInput dicom_series_cases(const BatchRequest& request) {
  DicomLimits limits;
  limits.max_voxels = request.max_voxels;
  const auto survey = std::make_shared<const DicomSurvey>(survey_dicom({request.input}, limits));
  const bool gaps_are_told_when_read = true;
  std::vector<DicomCase> found =
      dicom_cases(*survey, {request.input, "", "", -1, gaps_are_told_when_read, request.objection});
  skip_other_modalities(found, request.model);
  BatchInput input;
  input.layout = BatchLayout::dicom;
  for (const DicomCase& each : found) {
    BatchCase one;
    one.name = dicom_name(*each.series, each.stack);
    one.label = each.name;
    one.files = files_of(*each.series, each.stack);
    one.output = one.name;
    one.reason = each.reason;
    one.series = std::shared_ptr<const DicomSeries>(survey, each.series);
    one.stack = each.stack;
    input.cases.push_back(std::move(one));
  }
  for (const std::string& line : survey->unreadable) {
    fs::path file;
    std::istringstream(line) >> file;  // a message begins with the file, in quotes
    input.broken.push_back({file.lexically_relative(request.input).string(), line});
  }
  std::sort(input.cases.begin(), input.cases.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return input;
}

/// scan.nii beside scan.nii.gz: their results would share the JSON file beside them. The second is left out.
void set_twins_aside(BatchInput& input) {
  std::map<fs::path, std::string> names;
  std::vector<BatchCase> kept;
  for (BatchCase& one : input.cases) {
    const auto [first, is_new] = names.emplace(record_path(one, input.layout), one.name);
    if (is_new) {
      kept.push_back(std::move(one));
    } else {
      input.broken.push_back({one.name, "has the same name as " + first->second + " but for its ending; rename one"});
    }
  }
  input.cases = std::move(kept);
}

void refuse_bids_options(const BatchRequest& request) {
  if (!request.selection.participants.empty() || !request.selection.sessions.empty() || !request.filter_file.empty()) {
    fail(ExitCode::usage, request.input, ": has no dataset_description.json and so is no BIDS dataset, which ",
         "--participant-label, --session-label and --bids-filter-file are for");
  }
}

BatchInput cases_of_any(const BatchRequest& request) {
  if (is_bids_dataset(request.input)) {
    refuse_among_scans(request);
    return bids_cases(request.input, request.selection, filter_of(request), request.task);
  }
  refuse_bids_options(request);
  refuse_inside(request.output, request.input);
  BatchInput input = tree_cases(request.input);
  return input.cases.empty() ? dicom_series_cases(request) : input;
}

}  // namespace

BatchInput find_cases(const BatchRequest& request) {
  std::error_code ignored;
  if (!fs::is_directory(request.input, ignored)) {
    fail(ExitCode::input, request.input,
         ": no such folder; name a BIDS dataset, or a folder of volumes or DICOM files");
  }
  BatchInput input = cases_of_any(request);
  set_twins_aside(input);
  if (input.cases.empty() && input.broken.empty()) {
    fail(ExitCode::input, request.input, ": holds no scan to work on",
         input.notices.empty() ? "; .nii, .nii.gz, .nrrd, .mha and DICOM files are looked for" : ": ",
         input.notices.empty() ? "" : input.notices.front());
  }
  return input;
}

}  // namespace voxprior
