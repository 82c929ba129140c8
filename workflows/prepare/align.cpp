#include "workflows/prepare/align.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <sstream>

#include "base/error.h"
#include "io/itk/register_rigid.h"
#include "io/itk/regrid.h"
#include "workflows/prepare/common_grid.h"
#include "workflows/prepare/parallel.h"

namespace voxprior {
namespace {

constexpr double kSpacing_mm = 2;  // of the images that are registered: a rigid transform needs no finer ones
constexpr double kRoom_mm = 16;    // around the box of a volume
constexpr Affine kIdentity{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};

/// Levels of a round of registrations.
const std::vector<int> kCoarse{4, 2}, kFine{2, 1}, kAll{4, 2, 1};

/// RAS axes, the centre at 0 mm.
Geometry centred_grid(const std::array<double, 3>& extent_mm) {
  Geometry grid;
  grid.lps_from_index = {-1, 0, 0, 0, -1, 0, 0, 0, 1};
  for (int n = 0; n < 3; ++n) {
    grid.spacing_mm[n] = kSpacing_mm;
    grid.size[n] = std::max<std::int64_t>(8, static_cast<std::int64_t>(std::ceil(extent_mm[n] / kSpacing_mm)));
    grid.origin_mm[n] = -grid.lps_from_index[4 * n] * kSpacing_mm * static_cast<double>(grid.size[n] - 1) / 2;
  }
  return grid;
}

/// A volume at 2 mm with its box in the centre, in normalised intensity.
struct Coarse {
  Volume volume;
  Affine source_from_coarse{};
};

Coarse read_coarse(const SurveyedVolume& survey, const PrepareOptions& options) {
  std::array<double, 3> extent_mm{};
  for (int n = 0; n < 3; ++n)
    extent_mm[n] = (survey.box_last[n] - survey.box_first[n] + 1) * survey.grid.spacing_mm[n] + 2 * kRoom_mm;
  Volume source = read_source(survey.source, options.reading);
  convert_to(survey.judged, survey.ct, source);
  Coarse coarse;
  coarse.source_from_coarse = centred_on_box(survey);
  coarse.volume.geometry = centred_grid(extent_mm);
  coarse.volume.voxels = regrid(source, coarse.volume.geometry, coarse.source_from_coarse, Regridding::linear, 0);
  return coarse;
}

/// a after b.
Affine composed(const Affine& a, const Affine& b) {
  Affine c{};
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 4; ++column) {
      c[4 * row + column] = column == 3 ? a[4 * row + 3] : 0;
      for (int n = 0; n < 3; ++n) c[4 * row + column] += a[4 * row + n] * b[4 * n + column];
    }
  }
  return c;
}

/// The work of one `prepare`: coarse volumes, and where each lies under the template.
class Alignment {
 public:
  Alignment(const PrepareOptions& options, const Survey& survey, const Geometry& grid, AlignmentRecord& record,
            ProgressDisplay& progress)
      : options_(options), survey_(survey), record_(record), progress_(progress), coarse_(survey.volumes.size()) {
    std::array<double, 3> extent_mm{};
    for (int n = 0; n < 3; ++n) extent_mm[n] = static_cast<double>(grid.size[n]) * grid.spacing_mm[n];
    template_.geometry = centred_grid(extent_mm);
    coarse_from_template_.assign(coarse_.size(), kIdentity);
  }

  std::vector<Affine> run() {
    progress_.stage("reading volumes to align");
    for_each("", [&](std::size_t n) { coarse_[n] = read_coarse(survey_.volumes[n], options_); });
    if (options_.reference == "mean")
      align_to_mean();
    else
      align_to_reference();
    record_.write();
    std::vector<Affine> result;
    for (std::size_t n = 0; n < coarse_.size(); ++n)
      result.push_back(composed(coarse_[n].source_from_coarse, coarse_from_template_[n]));
    return result;
  }

 private:
  template <typename Work>
  void for_each(const std::string& stage, const Work& work) {
    if (!stage.empty()) progress_.stage(stage);
    const auto report = [&](std::size_t done) {
      progress_.update(static_cast<double>(done) / static_cast<double>(coarse_.size()));
    };
    for_each_volume(coarse_.size(), options_.threads, report, work);
  }

  void align_to_mean() {
    make_mean();
    for_each("matching centres",
             [&](std::size_t n) { coarse_from_template_[n] = centres_of_mass_matched(template_, coarse_[n].volume); });
    make_mean();
    align(1, "aligning, first round", kCoarse);
    make_mean();
    align(2, "aligning, second round", kFine);
    make_mean();
    align(3, "aligning, third round", {1});
  }

  void align_to_reference() {
    SurveyedVolume reference = survey_reference(options_);
    template_ = read_coarse(reference, options_).volume;
    for_each("matching centres",
             [&](std::size_t n) { coarse_from_template_[n] = centres_of_mass_matched(template_, coarse_[n].volume); });
    align(1, "aligning", kAll);
  }

  void align(int round, const std::string& stage, const std::vector<int>& levels) {
    const RegistrationOptions how{
        options_.similarity == "mutual-information" ? Similarity::mutual_information : Similarity::correlation, levels};
    for_each(stage, [&](std::size_t n) {
      if (const auto known = record_.find(round, n)) {
        coarse_from_template_[n] = *known;
        return;
      }
      try {
        coarse_from_template_[n] = register_rigid(template_, coarse_[n].volume, coarse_from_template_[n], how);
      } catch (const Error& error) {
        fail(error.code(), survey_.volumes[n].source.file, ": cannot be aligned: ", error.what(), "; leave it out");
      }
      record_.add(round, n, coarse_from_template_[n]);
    });
  }

  /// The mean of all, each where it lies now. Summed in the order of numbers, whoever was ready first.
  void make_mean() {
    progress_.stage("averaging");
    std::vector<double> sum(static_cast<std::size_t>(template_.geometry.voxel_count()));
    const auto at_once = static_cast<std::size_t>(options_.threads);
    for (std::size_t first = 0; first < coarse_.size(); first += at_once) {
      std::vector<std::vector<float>> placed(std::min(at_once, coarse_.size() - first));
      for_each_volume(
          placed.size(), options_.threads, [&](std::size_t) { progress_.update(0); },
          [&](std::size_t n) {
            placed[n] = regrid(coarse_[first + n].volume, template_.geometry, coarse_from_template_[first + n],
                               Regridding::linear, 0);
          });
      for (const std::vector<float>& one : placed)
        for (std::size_t v = 0; v < sum.size(); ++v) sum[v] += one[v];
    }
    template_.voxels.resize(sum.size());
    for (std::size_t v = 0; v < sum.size(); ++v)
      template_.voxels[v] = static_cast<float>(sum[v] / static_cast<double>(coarse_.size()));
  }

  const PrepareOptions& options_;
  const Survey& survey_;
  AlignmentRecord& record_;
  ProgressDisplay& progress_;
  Volume template_;
  std::vector<Coarse> coarse_;
  std::vector<Affine> coarse_from_template_;
};

}  // namespace

std::vector<Affine> align_volumes(const PrepareOptions& options, const Survey& survey, const Geometry& grid,
                                  AlignmentRecord& record, ProgressDisplay& progress) {
  return Alignment(options, survey, grid, record, progress).run();
}

}  // namespace voxprior
