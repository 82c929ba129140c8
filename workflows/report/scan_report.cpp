#include "workflows/report/scan_report.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/error.h"
#include "base/sha256.h"
#include "pipeline/noise/residual_structure.h"
#include "workflows/files.h"
#include "workflows/noise_level.h"
#include "workflows/one_grid.h"
#include "workflows/preview.h"
#include "workflows/provenance.h"
#include "workflows/report/figures.h"
#include "workflows/report/record.h"
#include "workflows/report/thin_report.h"
#include "workflows/statistics.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

Volume read_on_grid_of(const Volume& before, const ScanSource& source, const ReadOptions& reading) {
  Volume volume = read_scan(source, reading);
  if (!on_one_grid(before.geometry, volume.geometry))
    fail(ExitCode::input, source.path, ": not on the grid of BEFORE; name volumes of one scan");
  return volume;
}

/// The noise of the scan: as the record has it, else as it is found now.
struct NoiseFound {
  double sigma = 0;
  std::string kind, note;
};

NoiseFound noise_of(const Volume& before, const std::optional<Record>& record) {
  const std::optional<double> sigma = record ? record->number("/noise/sigma") : std::nullopt;
  if (sigma && std::isfinite(*sigma)) return {*sigma, record->text("/noise/kind").value_or(""), ""};
  if (is_constant(before.voxels)) return {0, "", "all voxels have one value"};
  const NoiseLevel level = noise_level(before, {});
  return {level.sigma, name_of(level.kind), "estimated for this page"};
}

Volume removed(const Volume& before, const Volume& after) {
  Volume residual = before;
  std::transform(before.voxels.begin(), before.voxels.end(), after.voxels.begin(), residual.voxels.begin(),
                 std::minus<float>());
  residual.stored = {};
  return residual;
}

/// Root mean square of the residual where AFTER is brighter than a tenth of the window.
double rms_in_object(const Volume& residual, const Volume& after, const PreviewWindow& window) {
  const double dark = window.black + 0.1 * (window.white - window.black);
  double sum = 0, count = 0;
  for (std::size_t i = 0; i < residual.voxels.size(); ++i) {
    if (after.voxels[i] <= dark) continue;
    sum += static_cast<double>(residual.voxels[i]) * residual.voxels[i];
    ++count;
  }
  return count > 0 ? std::sqrt(sum / count) : 0;
}

/// The figure of the record, which knows how the noise varied, else that of one sigma; a warning where it is large and
/// the record has none.
void add_structure(const Volume& before, const Volume& after, const NoiseFound& noise,
                   const std::optional<Record>& record, ReportContent& content) {
  const std::optional<double> recorded = record ? record->number("/residual_structure") : std::nullopt;
  const double structure = recorded ? *recorded
                                    : residual_structure(before.voxels, after.voxels, {static_cast<float>(noise.sigma)},
                                                         noise.kind == "rician", before.geometry.size);
  content.figures.push_back({"Residual structure", in_digits("%.3f", structure),
                             "noise alone stays below " + in_digits("%.2f", kMuchResidualStructure)});
  if (!recorded && structure > kMuchResidualStructure)
    content.warnings.push_back("What was removed is stronger along edges (residual structure " +
                               in_digits("%.2f", structure) +
                               "): anatomy may have gone with the noise. Look for outlines in the residual.");
}

void add_image_figures(const Volume& before, const Volume& after, const Volume& residual, const NoiseFound& noise,
                       const PreviewWindow& window, const std::optional<Record>& record, ReportContent& content) {
  const double range = window.white - std::max(0., window.black);
  const std::string unit = is_ct(before) ? " HU" : "";
  std::string note = noise.kind;
  if (!is_ct(before) && noise.sigma > 0)
    note += (note.empty() ? "" : ", ") + in_digits("%.1f", 100 * noise.sigma / range) + " % of the brightest tissue";
  if (!noise.note.empty()) note += (note.empty() ? "" : ", ") + noise.note;
  content.figures.push_back({"Noise (sigma)", in_digits("%.4g", noise.sigma) + unit, note});

  const double rms = rms_in_object(residual, after, window);
  content.figures.push_back({"Removed (rms in the object)", in_digits("%.4g", rms) + unit,
                             noise.sigma > 0 ? in_digits("%.2f sigma", rms / noise.sigma) : ""});
  if (rms == 0) content.warnings.emplace_back("AFTER is BEFORE: nothing was removed.");
  if (noise.sigma > 0 && rms > 0) add_structure(before, after, noise, record, content);
  content.figures.push_back(grid_figure(before.geometry));
}

void add_record_figures(const Record& record, ReportContent& content) {
  if (const auto model = record.model("name")) {
    const std::string hash = record.model("sha256").value_or("");
    content.figures.push_back({"Model", *model, hash.empty() ? "" : "SHA-256 " + hash.substr(0, 12) + "..."});
  }
  if (const auto strength = record.number("/strength"); strength && *strength != 1)
    content.figures.push_back({"Strength", in_digits("%.2g", *strength), "of the noise was to go"});
  if (const auto share = record.number("/uncertainty/data_share/median"))
    content.figures.push_back({"Data share", in_digits("%.2f", *share), "1: the data decide, 0: the prior"});
  if (const auto clipped = record.number("/clipped_voxels"); clipped && *clipped > 0)
    content.figures.push_back({"Clipped voxels", in_digits("%.0f", *clipped), "beyond the range of the stored type"});
  if (const auto seconds = record.number("/seconds"))
    content.figures.push_back({"Time", in_digits("%.1f s", *seconds), record.text("/device").value_or("")});
}

/// A warning where the record is of another scan than `before`.
void check_origin(const ScanSource& before, const Record& record, ReportContent& content) {
  const auto hash = record.text("/inputs/volume/sha256"), series = record.text("/inputs/series/series_uid");
  const auto volume = record.number("/inputs/series/volume");
  std::string differ;
  if (before.dicom) {
    const bool other_volume = volume && *volume != static_cast<double>(before.dicom->stack);
    if (series && (*series != before.dicom->series.series_uid || other_volume)) differ = "it is of another series";
  } else if (hash && *hash != sha256_of_file(before.path)) {
    differ = "their SHA-256 differ";
  }
  if (!differ.empty())
    content.warnings.push_back("The record of the result names another input than " + before.title() + ": " + differ +
                               ".");
}

/// UIDs lead to a patient for whoever has the archive: a page is shown around more freely than a record.
void leave_out_uids(nlohmann::ordered_json& json) {
  for (auto& [key, value] : json.items()) {
    if (value.is_structured()) leave_out_uids(value);
    if (value.is_string() && key.size() > 4 && key.compare(key.size() - 4, 4, "_uid") == 0) value = "(left out)";
  }
}

void add_record(const ScanToReport& scan, const std::optional<Record>& record, ReportContent& content) {
  if (!record) {
    content.warnings.push_back("There is no " + sidecar_path(scan.after.record_holder()).filename().string() +
                               " beside the result: how it was made is not known.");
    return;
  }
  check_origin(scan.before, *record, content);
  for (const std::string& notice : record->texts("/notices")) content.warnings.push_back(notice);
  add_record_figures(*record, content);
  content.origins = record->origins();
  content.record = record->json();
  leave_out_uids(content.record);
}

/// What reading the scan told and the record does not.
void add_notices_of_series(const ScanSource& source, const std::vector<std::string>& notices, ReportContent& content) {
  if (!source.dicom) return;
  for (const std::string& notice : notices) {
    if (std::count(content.warnings.begin(), content.warnings.end(), notice) == 0) content.warnings.push_back(notice);
  }
}

double greatest_of(const Volume& volume) {
  return std::max<double>(*std::max_element(volume.voxels.begin(), volume.voxels.end()), 1e-30);
}

/// Figures and volumes of what was denoised.
void add_denoised(const ScanToReport& scan, Volume before, const std::optional<Record>& record,
                  ProgressDisplay& progress, ReportContent& content) {
  Volume after = read_on_grid_of(before, scan.after, scan.reading);
  Volume residual =
      scan.residual.empty() ? removed(before, after) : read_on_grid_of(before, {scan.residual, {}}, scan.reading);

  progress.stage("measuring");
  const NoiseFound noise = noise_of(before, record);
  const PreviewWindow window = preview_window(before, noise.sigma);
  add_image_figures(before, after, residual, noise, window, record, content);

  std::vector<ShownVolume>& shown = content.volumes;
  shown.push_back({"before", "Before", std::move(before), window.black, window.white, Colours::grey});
  shown.push_back({"after", "After", std::move(after), window.black, window.white, Colours::grey});
  shown.push_back({"residual", "Removed (before \u2212 after)", std::move(residual), -window.residual_limit,
                   window.residual_limit, Colours::diverging});
  if (!scan.noise_map.empty()) {
    Volume map = read_on_grid_of(shown[0].volume, {scan.noise_map, {}}, scan.reading);
    const double greatest = 1.25 * greatest_of(map);  // an even map is not at the end of its colours
    shown.push_back({"noise-map", "Noise map (sigma)", std::move(map), 0, greatest, Colours::heat});
  }
}

}  // namespace

ReportContent scan_content(const ScanToReport& scan, ProgressDisplay& progress) {
  progress.stage("reading");
  const std::optional<Record> record = Record::beside(scan.after.record_holder());
  Volume before = read_scan(scan.before, scan.reading);
  const std::vector<std::string> notices = before.notices;

  ReportContent content;
  content.title = scan.before.title() + " \u2192 " + scan.after.title();
  if (tells_of_thin_slices(record)) {
    if (!scan.noise_map.empty() || !scan.residual.empty())
      fail(ExitCode::usage, scan.after.path, ": has thin slices; --noise-map and --residual are for what was denoised");
    add_thin_slices(before, read_scan(scan.after, scan.reading), scan.after.path.string(), *record, content);
  } else {
    add_denoised(scan, std::move(before), record, progress, content);
  }
  add_record(scan, record, content);
  add_notices_of_series(scan.before, notices, content);
  return content;
}

}  // namespace voxprior
