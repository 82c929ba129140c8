#include "workflows/report/scan_source.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "io/dicom/find_series.h"
#include "workflows/files.h"
#include "workflows/report/record.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

/// What a record says of the series that its volume was made of.
struct RecordedSeries {
  std::string uid;
  int volume = -1;  ///< -1: not said
};

std::optional<RecordedSeries> recorded_series(const ScanSource& after) {
  const auto record = Record::beside(after.record_holder());
  const auto uid = record ? record->text("/inputs/series/series_uid") : std::nullopt;
  if (!uid) return {};
  const double volume = record->number("/inputs/series/volume").value_or(-1);
  const bool is_one = volume >= 0 && volume <= std::numeric_limits<int>::max();
  return RecordedSeries{*uid, is_one ? static_cast<int>(volume) : -1};
}

/// The third axis of the grid, perpendicular to the other two and on the side where it was.
void set_upright(Geometry& grid) {
  auto& m = grid.lps_from_index;
  const std::array<double, 3> normal{m[3] * m[7] - m[6] * m[4], m[6] * m[1] - m[0] * m[7], m[0] * m[4] - m[3] * m[1]};
  const double side = normal[0] * m[2] + normal[1] * m[5] + normal[2] * m[8];
  grid.spacing_mm[2] *= std::abs(side);
  for (std::size_t row = 0; row < 3; ++row) m[3 * row + 2] = side < 0 ? -normal[row] : normal[row];
}

}  // namespace

std::string ScanSource::title() const {
  return dicom ? name_of_volume(dicom->series, dicom->stack) : path.filename().string();
}

fs::path ScanSource::record_holder() const {
  return dicom ? dicom->series.stacks.at(dicom->stack).frames.at(0).file.parent_path() : path;
}

ScanSource find_after(const fs::path& path, const ReadOptions& reading) {
  if (!leads_to_dicom(path)) return {path, {}};
  DicomChoices choices;
  choices.series_option = choices.volume_option = "the folder of its own that denoise made";
  ReadOptions only_volume = reading;
  only_volume.volume_of_4d = -1;  // --volume is of the scan
  return {path, choose_dicom_volume(path, choices, only_volume)};
}

ScanSource find_before(const fs::path& path, const std::string& series, const ReadOptions& reading,
                       const ScanSource& after) {
  DicomChoices choices;
  choices.series = series;
  choices.refuse_beside_file(path);
  if (!leads_to_dicom(path)) return {path, {}};
  ReadOptions chosen = reading;
  const auto recorded = recorded_series(after);
  if (series.empty() && recorded) {
    choices.series = recorded->uid;
    if (reading.volume_of_4d < 0) chosen.volume_of_4d = recorded->volume;
  }
  return {path, choose_dicom_volume(path, choices, chosen)};
}

ScanSource find_before(const fs::path& folder, const DicomSurvey& survey, const ScanSource& after) {
  const auto recorded = recorded_series(after);
  if (!recorded)
    fail(ExitCode::input, after.path, ": there is no record beside it that says of which series it was made");
  const auto series = std::find_if(survey.series.begin(), survey.series.end(), [&](const DicomSeries& one) {
    return one.readable && one.series_uid == recorded->uid;
  });
  // The pages show what this says: no UID.
  if (series == survey.series.end())
    fail(ExitCode::input, folder, ": the series that it was made of is not there any more");
  return {folder, DicomVolumeChoice{*series, choose_stack(*series, folder, recorded->volume)}};
}

Volume read_scan(const ScanSource& source, const ReadOptions& reading) {
  if (!source.dicom) {
    check_readable(source.path);
    return read_volume(source.path, reading);
  }
  DicomChoices choices;
  choices.allow_gaps = true;
  Volume volume = read_chosen_volume(*source.dicom, choices, reading);
  if (source.dicom->series.stacks.at(source.dicom->stack).sheared) {
    set_upright(volume.geometry);
    volume.notices.emplace_back("tilted slices are shown as if they stood upright");
  }
  return volume;
}

}  // namespace voxprior
