#include "workflows/prepare/survey.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <sstream>

#include "base/error.h"
#include "base/sha256.h"
#include "io/grid.h"
#include "pipeline/intensity/ct_padding.h"
#include "workflows/prepare/oriented.h"
#include "workflows/prepare/parallel.h"
#include "workflows/statistics.h"

namespace voxprior {
namespace {

constexpr std::size_t kHistogramBins = 64;
constexpr double kHistogramTop = 1.28;  // of normalised intensity
constexpr float kMrSubject = 0.1F;      // normalised intensity above which a voxel is subject: as foreground_scale
constexpr float kCtSubject = 0.5F;      // -500 HU: between air and tissue
constexpr float kAir_hu = -1000;
constexpr double kLeastOfPlane = 0.001;  // share of the subject in a plane for it to count: not a few bright voxels
constexpr double kFarHistogram =
    0.06;  // of normalised intensity; brains of one study are within 0.025, a whole head is at 0.10
constexpr double kFarFromUsual = 4;  // times the median distance
constexpr double kSamePlace_mm = 0.01;
constexpr float kLargestLabel = 1 << 24;  // whole numbers up to here are exact in float32

IntensityMap intensity_unit(const PrepareOptions& options, const Volume& volume, bool ct) {
  if (options.intensity == "none") return {};
  if (ct) return ct_intensity_map();
  return mr_intensity_map(volume.voxels.data(), volume.voxels.size());
}

bool taken_for_ct(const PrepareOptions& options, const Volume& volume) {
  return options.intensity == "ct" || (options.intensity != "mr" && is_ct(volume));
}

/// The unit in which volumes are compared and their subject is found, also where values are kept as they are.
IntensityMap judging_unit(const PrepareOptions& options, const Volume& volume, const SurveyedVolume& survey) {
  if (options.intensity != "none") return survey.unit;
  return survey.ct ? ct_intensity_map() : mr_intensity_map(volume.voxels.data(), volume.voxels.size());
}

/// First and last plane across each axis that hold a share of the subject.
void find_box(const Volume& volume, double threshold, SurveyedVolume& survey) {
  const auto& size = volume.geometry.size;
  std::array<std::vector<double>, 3> planes;
  for (int n = 0; n < 3; ++n) planes[n].resize(static_cast<std::size_t>(size[n]));
  double total = 0;
  const float* voxel = volume.voxels.data();
  for (std::int64_t k = 0; k < size[2]; ++k)
    for (std::int64_t j = 0; j < size[1]; ++j)
      for (std::int64_t i = 0; i < size[0]; ++i, ++voxel) {
        if (!(*voxel > threshold)) continue;
        ++planes[0][i], ++planes[1][j], ++planes[2][k], ++total;
      }
  for (int n = 0; n < 3; ++n) {
    const auto counts = [&](double count) { return count > 0 && count >= kLeastOfPlane * total; };
    const auto first = std::find_if(planes[n].begin(), planes[n].end(), counts);
    const auto last = std::find_if(planes[n].rbegin(), planes[n].rend(), counts);
    survey.box_first[n] = first == planes[n].end() ? 0 : static_cast<double>(first - planes[n].begin());
    survey.box_last[n] = static_cast<double>(planes[n].rend() - last) - 1;
  }
}

std::vector<double> cumulative_histogram(const Volume& volume, double threshold, const IntensityMap& unit) {
  std::vector<double> bins(kHistogramBins);
  double total = 0;
  for (const float value : volume.voxels) {
    if (!(value > threshold)) continue;
    const double position = unit.forward(value) / kHistogramTop * kHistogramBins;
    ++bins[static_cast<std::size_t>(std::clamp(position, 0.0, kHistogramBins - 1.0))];
    ++total;
  }
  double sum = 0;
  for (double& bin : bins) bin = (sum += bin) / std::max(total, 1.0);
  return bins;
}

SurveyedVolume survey_one(const PrepareSource& source, const PrepareOptions& options) {
  SurveyedVolume survey;
  survey.source = source;
  const Volume volume = read_source(source, options.reading);
  survey.sha256 = sha256_of_file(source.file);
  survey.grid = volume.geometry;
  survey.ct = taken_for_ct(options, volume);
  if (is_constant(volume.voxels)) fail(ExitCode::input, source.file, ": all its voxels have one value; leave it out");
  survey.unit = intensity_unit(options, volume, survey.ct);
  survey.judged = judging_unit(options, volume, survey);
  const IntensityMap& unit = survey.judged;
  if (!(unit.scale > 0)) fail(ExitCode::input, source.file, ": has no voxel above 0; leave it out");
  const double threshold = unit.inverse(survey.ct ? kCtSubject : kMrSubject);
  find_box(volume, threshold, survey);
  survey.cumulative = cumulative_histogram(volume, threshold, unit);
  if (!source.label.empty()) read_source_label(source, volume.geometry, options.reading);
  return survey;
}

/// Files with the same bytes: one of them in training and the other held out would make a test worthless.
void drop_copies(const PrepareOptions& options, Survey& survey) {
  std::map<std::string, std::filesystem::path> first;
  const auto is_copy = [&](const SurveyedVolume& volume) {
    const auto [known, added] = first.emplace(volume.sha256, volume.source.file);
    if (added) return false;
    std::ostringstream line;
    line << volume.source.file << ": is a copy of " << known->second;
    if (!options.skip_broken) fail(ExitCode::input, line.str(), "; remove it or use --on-error skip");
    survey.notices.push_back(line.str() + "; skipped");
    return true;
  };
  auto& volumes = survey.volumes;
  volumes.erase(std::remove_if(volumes.begin(), volumes.end(), is_copy), volumes.end());
}

void refuse_mixed_modalities(const Survey& survey) {
  for (const SurveyedVolume& volume : survey.volumes) {
    if (volume.ct == survey.volumes.front().ct) continue;
    const SurveyedVolume& ct = volume.ct ? volume : survey.volumes.front();
    const SurveyedVolume& mr = volume.ct ? survey.volumes.front() : volume;
    fail(ExitCode::input, ct.source.file, ": looks like CT, ", mr.source.file,
         " does not; prepare them apart or say --intensity mr or ct");
  }
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// The distance is that of Wasserstein (earth mover) between distributions of intensity: how far, on average, the
/// intensities of one must move to be distributed like the other's.
void compare_histograms(Survey& survey) {
  std::vector<double> usual(kHistogramBins);
  for (std::size_t bin = 0; bin < kHistogramBins; ++bin) {
    std::vector<double> values;
    for (const SurveyedVolume& volume : survey.volumes) values.push_back(volume.cumulative[bin]);
    usual[bin] = median(values);
  }
  std::vector<double> distances;
  for (SurveyedVolume& volume : survey.volumes) {
    for (std::size_t bin = 0; bin < kHistogramBins; ++bin)
      volume.histogram_distance += std::abs(volume.cumulative[bin] - usual[bin]) * kHistogramTop / kHistogramBins;
    distances.push_back(volume.histogram_distance);
  }
  const double far = std::max(kFarHistogram, kFarFromUsual * median(distances));
  for (const SurveyedVolume& volume : survey.volumes) {
    if (volume.histogram_distance <= far) continue;
    char numbers[120];
    std::snprintf(numbers, sizeof numbers, " (%.3f of the bright end, the median is %.3f)", volume.histogram_distance,
                  median(distances));
    std::ostringstream line;
    line << volume.source.file << ": its intensities are distributed unlike the others'" << numbers
         << "; another contrast?";
    survey.notices.push_back(line.str());
  }
}

}  // namespace

Volume read_source(const PrepareSource& source, const ReadOptions& reading) {
  return oriented_to_ras(read_volume(source.file, reading));
}

Volume read_source_label(const PrepareSource& source, const Geometry& image_grid, const ReadOptions& reading) {
  Volume label = oriented_to_ras(read_volume(source.label, reading));
  bool same = label.geometry.size == image_grid.size;
  const Affine a = affine_of(label.geometry), b = affine_of(image_grid);
  for (std::size_t n = 0; n < a.size(); ++n) same = same && std::abs(a[n] - b[n]) < kSamePlace_mm;
  if (!same) fail(ExitCode::input, source.label, ": is not on the grid of ", source.file, "; resample it to that grid");
  for (const float value : label.voxels) {
    if (value < 0 || value > kLargestLabel || value != std::floor(value))
      fail(ExitCode::input, source.label, ": holds ", value, ", which is no label; labels are whole numbers from 0");
  }
  return label;
}

void convert_to(const IntensityMap& unit, bool ct, Volume& volume) {
  const auto padding = ct ? ct_padding_value(volume.voxels.data(), volume.voxels.size()) : std::optional<float>();
  for (float& value : volume.voxels) value = unit.forward(value == padding ? kAir_hu : value);
}

SurveyedVolume survey_reference(const PrepareOptions& options) {
  return survey_one({options.reference, {}, {}}, options);
}

Survey survey_volumes(const PrepareOptions& options, ProgressDisplay& progress) {
  const PrepareSources sources = find_sources(options);
  std::vector<std::optional<SurveyedVolume>> found(sources.files.size());
  std::vector<std::string> problems(sources.files.size());
  progress.stage("looking at " + std::to_string(found.size()) + " volumes");
  const auto report = [&](std::size_t done) {
    progress.update(static_cast<double>(done) / static_cast<double>(found.size()));
  };
  for_each_volume(found.size(), options.threads, report, [&](std::size_t n) {
    try {
      found[n] = survey_one(sources.files[n], options);
    } catch (const Error& error) {
      if (!options.skip_broken || error.code() != ExitCode::input) throw;
      problems[n] = std::string(error.what()) + "; skipped";
    }
  });

  Survey survey;
  survey.classes = sources.classes;
  for (std::size_t n = 0; n < found.size(); ++n) {
    if (found[n])
      survey.volumes.push_back(std::move(*found[n]));
    else
      survey.notices.push_back(problems[n]);
  }
  drop_copies(options, survey);
  if (survey.volumes.size() < 2)
    fail(ExitCode::input, options.inputs.front(), ": ", survey.volumes.size(),
         " usable volumes found; a dataset needs at least 2");
  refuse_mixed_modalities(survey);
  std::sort(survey.volumes.begin(), survey.volumes.end(),
            [](const SurveyedVolume& a, const SurveyedVolume& b) { return a.sha256 < b.sha256; });
  compare_histograms(survey);
  return survey;
}

}  // namespace voxprior
