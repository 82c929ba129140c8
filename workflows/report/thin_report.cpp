#include "workflows/report/thin_report.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/error.h"
#include "io/itk/regrid.h"
#include "workflows/preview.h"
#include "workflows/report/figures.h"

namespace voxprior {
namespace {

constexpr Affine kNoMove{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};
constexpr double kAddedShare = 0.25;  // of the window: full colour of what was added
constexpr double kRounding = 1e-3;    // voxels, of coordinates in files

/// Index coordinates of the corner of `grid` that `corner` (bits: which end of each axis) names, in `of`.
std::array<double, 3> corner_in(const Geometry& of, const Geometry& grid, unsigned corner) {
  const Affine to_mm = affine_of(grid);
  std::array<double, 3> offset_mm{}, index{};
  for (std::size_t row = 0; row < 3; ++row) {
    offset_mm[row] = to_mm[4 * row + 3] - of.origin_mm[row];
    for (std::size_t axis = 0; axis < 3; ++axis)
      if ((corner >> axis & 1) != 0) offset_mm[row] += to_mm[4 * row + axis] * static_cast<double>(grid.size[axis] - 1);
  }
  for (std::size_t axis = 0; axis < 3; ++axis) {
    for (std::size_t row = 0; row < 3; ++row) index[axis] += of.lps_from_index[3 * row + axis] * offset_mm[row];
    index[axis] /= of.spacing_mm[axis];
  }
  return index;
}

bool covers(const Geometry& outer, const Geometry& inner) {
  for (unsigned corner = 0; corner < 8; ++corner) {
    const std::array<double, 3> index = corner_in(outer, inner, corner);
    for (std::size_t axis = 0; axis < 3; ++axis)
      if (!(index[axis] >= -0.5 - kRounding && index[axis] <= static_cast<double>(outer.size[axis]) - 0.5 + kRounding))
        return false;
  }
  return true;
}

/// The slices of `thick` as they are, on a grid that divides them.
Volume divided(const Volume& thick, const Volume& thin) {
  Volume volume = thin;
  volume.voxels = regrid(thick, thin.geometry, kNoMove, Regridding::nearest, 0);
  volume.stored = {};
  return volume;
}

void add_figures(const Volume& before, const Volume& after, const Record& record, ReportContent& content) {
  content.figures.push_back({"Slices", in_digits("%.3g mm", *record.number("/slices/thin_mm")),
                             "made of slices " + in_digits("%.3g mm", *record.number("/slices/thick_mm")) + " apart"});
  if (const auto residual = record.number("/reconstruction/data_residual")) {
    const auto over_noise = record.number("/reconstruction/residual_over_noise");
    content.figures.push_back(
        {"Thick slices given back", in_digits("%.2f %%", 100 * *residual),
         "error of their means over what was measured" +
             (over_noise ? "; " + in_digits("%.2g", *over_noise) + " of the noise" : std::string())});
  }
  content.figures.push_back(grid_figure(after.geometry));
  content.figures.back().note += "; was " + grid_figure(before.geometry).value;
}

}  // namespace

bool tells_of_thin_slices(const std::optional<Record>& record) {
  return record && record->number("/slices/thin_mm") && record->number("/slices/thick_mm");
}

void add_thin_slices(const Volume& before, Volume after, const std::string& after_name, const Record& record,
                     ReportContent& content) {
  if (!covers(before.geometry, after.geometry))
    fail(ExitCode::input, after_name, ": lies outside of BEFORE; name volumes of one scan");
  content.warnings.emplace_back(
      "What lies between the thick slices is the model's: plausible, not measured. A finding that one thin slice alone "
      "shows may not be there.");
  add_figures(before, after, record, content);

  const PreviewWindow window = preview_window(before, 0);
  const double limit = kAddedShare * (window.white - std::max(0., window.black));
  Volume thick = divided(before, after), added = after;
  std::transform(after.voxels.begin(), after.voxels.end(), thick.voxels.begin(), added.voxels.begin(),
                 std::minus<float>());
  added.stored = {};
  std::vector<ShownVolume>& shown = content.volumes;
  shown.push_back({"before", "Before: thick slices", std::move(thick), window.black, window.white, Colours::grey});
  shown.push_back({"after", "After: thin slices", std::move(after), window.black, window.white, Colours::grey});
  shown.push_back({"residual", "Added (after \u2212 before)", std::move(added), -limit, limit, Colours::diverging});
}

}  // namespace voxprior
