#include "workflows/batch/write_case.h"

#include <algorithm>

#include "base/atomic_file.h"
#include "base/error.h"
#include "io/volume_file.h"
#include "workflows/derived_record.h"
#include "workflows/files.h"
#include "workflows/provenance.h"
#include "workflows/written_files.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

void make_folder(const fs::path& folder) {
  std::error_code problem;
  fs::create_directories(folder, problem);
  if (problem) fail(ExitCode::output, folder, ": cannot create this folder: ", problem.message());
}

CaseFiles write_one_volume(const BatchCase& one, const fs::path& out, const Volume& volume) {
  make_folder((out / one.output).parent_path());
  const WriteReport report = write_volume(out / one.output, volume, {Overwrite::yes, description_of_results()});
  return {{one.output}, report.clipped_voxels, report.notices};
}

CaseFiles write_one_series(const BatchCase& one, const CaseTarget& target, const Volume& volume,
                           const nlohmann::ordered_json& record) {
  const DerivedSeriesOptions options = derived_series_options(record, target.keep_private, Overwrite::yes);
  const DerivedSeriesReport report =
      write_result_series(target.out / one.output, *one.series, one.stack, volume, options);
  CaseFiles written{{}, report.saturated_voxels, report.notices};
  for (const auto& entry : fs::directory_iterator(target.out / one.output))
    written.paths.push_back(one.output / entry.path().filename());
  std::sort(written.paths.begin(), written.paths.end());
  return written;
}

/// Of BIDS the metadata stand at the top of the file and ours in one field; elsewhere the file is ours alone.
nlohmann::ordered_json whole_record(const BatchCase& one, BatchLayout layout, const TaskResult& result,
                                    const nlohmann::ordered_json& record) {
  if (layout != BatchLayout::bids) return record;
  nlohmann::ordered_json whole = one.sidecar;
  whole.update(result.metadata);
  whole["Voxprior"] = record;
  return whole;
}

}  // namespace

fs::path record_path(const BatchCase& one, BatchLayout layout) {
  return layout == BatchLayout::bids ? without_volume_ending(one.output) += ".json" : sidecar_path(one.output);
}

CaseFiles write_case(const BatchCase& one, const CaseTarget& target, const TaskResult& result,
                     nlohmann::ordered_json record) {
  std::error_code ignored;
  if (!fs::is_directory(target.out, ignored)) fail(ExitCode::output, target.out, ": is not there any more");
  WrittenFiles unfinished;
  CaseFiles files = one.series ? write_one_series(one, target, result.volume, record)
                               : write_one_volume(one, target.out, result.volume);
  unfinished.add(target.out / one.output);
  record["outputs"] = {{one.series ? "series" : "volume", {{"path", one.output.string()}}}};
  record["clipped_voxels"] = files.clipped_voxels;
  for (const std::string& notice : files.notices) record["notices"].push_back(notice);
  const fs::path beside = record_path(one, target.layout);
  write_file(target.out / beside, json_text(whole_record(one, target.layout, result, record)), Overwrite::yes);
  files.paths.push_back(beside);
  unfinished.keep();
  return files;
}

}  // namespace voxprior
