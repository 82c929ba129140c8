#include "workflows/prepare/common_grid.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "base/error.h"

namespace voxprior {
namespace {

constexpr double kSameSpacing_mm = 1e-3;  // headers round
constexpr double kRasSigns[] = {-1, -1, 1};

bool same_spacing(const std::array<double, 3>& a, const std::array<double, 3>& b) {
  for (int n = 0; n < 3; ++n)
    if (std::abs(a[n] - b[n]) > kSameSpacing_mm) return false;
  return true;
}

template <typename T>
std::string text_of(const std::array<T, 3>& values) {
  std::ostringstream text;
  text << values[0] << " x " << values[1] << " x " << values[2];
  return text.str();
}

std::array<double, 3> common_spacing(const std::vector<SurveyedVolume>& volumes) {
  const SurveyedVolume& first = volumes.front();
  for (const SurveyedVolume& volume : volumes) {
    if (!same_spacing(volume.grid.spacing_mm, first.grid.spacing_mm))
      fail(ExitCode::input, volume.source.file, ": has voxels of ", text_of(volume.grid.spacing_mm), " mm, ",
           first.source.file, " of ", text_of(first.grid.spacing_mm), " mm; choose with --spacing and --size");
  }
  return first.grid.spacing_mm;
}

/// A size that would hold every box, for a message.
std::string size_to_propose(const std::vector<SurveyedVolume>& volumes, const std::array<double, 3>& spacing_mm) {
  std::array<std::int64_t, 3> size{};
  for (const SurveyedVolume& volume : volumes) {
    for (int n = 0; n < 3; ++n) {
      const double box_mm = (volume.box_last[n] - volume.box_first[n] + 1) * volume.grid.spacing_mm[n];
      const auto needed = static_cast<std::int64_t>(std::ceil(box_mm / spacing_mm[n]));
      size[n] = std::max(size[n], (needed + 7) / 8 * 8);
    }
  }
  return std::to_string(size[0]) + "x" + std::to_string(size[1]) + "x" + std::to_string(size[2]);
}

std::array<std::int64_t, 3> common_size(const std::vector<SurveyedVolume>& volumes,
                                        const std::array<double, 3>& spacing_mm) {
  const SurveyedVolume& first = volumes.front();
  for (const SurveyedVolume& volume : volumes) {
    if (volume.grid.size != first.grid.size)
      fail(ExitCode::input, volume.source.file, ": has a grid of ", text_of(volume.grid.size), " voxels, ",
           first.source.file, " one of ", text_of(first.grid.size), "; choose one: --size ",
           size_to_propose(volumes, spacing_mm), " holds every subject");
    if (!same_spacing(volume.grid.spacing_mm, spacing_mm))
      fail(ExitCode::input, volume.source.file, ": has voxels of ", text_of(volume.grid.spacing_mm),
           " mm: --spacing changes the grid; give --size, too: ", size_to_propose(volumes, spacing_mm),
           " holds every subject");
  }
  return first.grid.size;
}

/// Turns the dataset's axes into the volume's and puts the dataset's centre at a voxel index of the volume.
Affine placed_at(const SurveyedVolume& volume, const std::array<double, 3>& index) {
  const Affine place = affine_of(volume.grid);
  Affine transform{};
  for (int row = 0; row < 3; ++row) {
    transform[4 * row + 3] = place[4 * row + 3];
    for (int n = 0; n < 3; ++n) {
      transform[4 * row + n] = volume.grid.lps_from_index[3 * row + n] * kRasSigns[n] + 0.0;  // no negative zero
      transform[4 * row + 3] += place[4 * row + n] * index[n];
    }
  }
  return transform;
}

std::array<double, 3> box_centre(const SurveyedVolume& volume) {
  std::array<double, 3> centre{};
  for (int n = 0; n < 3; ++n) centre[n] = (volume.box_first[n] + volume.box_last[n]) / 2;
  return centre;
}

}  // namespace

Geometry choose_grid(const std::vector<SurveyedVolume>& volumes, const PrepareOptions& options) {
  Geometry grid;
  if (options.spacing_mm)
    grid.spacing_mm.fill(*options.spacing_mm);
  else
    grid.spacing_mm = common_spacing(volumes);
  grid.size = options.size ? *options.size : common_size(volumes, grid.spacing_mm);
  grid.lps_from_index = {kRasSigns[0], 0, 0, 0, kRasSigns[1], 0, 0, 0, kRasSigns[2]};
  for (int n = 0; n < 3; ++n)
    grid.origin_mm[n] = -kRasSigns[n] * grid.spacing_mm[n] * static_cast<double>(grid.size[n] - 1) / 2;
  return grid;
}

Affine unaligned(const SurveyedVolume& volume, const Geometry& grid) {
  const bool spacing_kept = same_spacing(volume.grid.spacing_mm, grid.spacing_mm);
  std::array<double, 3> index = box_centre(volume);
  for (int n = 0; n < 3; ++n) {
    const double half = static_cast<double>(grid.size[n] - 1) / 2;
    if (spacing_kept) index[n] = std::floor(index[n] - half + 0.5) + half;
    if (spacing_kept && volume.grid.size == grid.size) index[n] = half;
  }
  return placed_at(volume, index);
}

Affine centred_on_box(const SurveyedVolume& volume) { return placed_at(volume, box_centre(volume)); }

bool is_cut(const SurveyedVolume& volume, const Geometry& grid, const Affine& source_from_dataset) {
  const Affine place = affine_of(volume.grid);
  for (int face = 0; face < 6; ++face) {  // the centres of the faces: the corners of a turned box hold no subject
    std::array<double, 3> index = box_centre(volume), mm{};
    index[face / 2] = face % 2 ? volume.box_last[face / 2] : volume.box_first[face / 2];
    for (int row = 0; row < 3; ++row) {
      mm[row] = place[4 * row + 3] - source_from_dataset[4 * row + 3];
      for (int n = 0; n < 3; ++n) mm[row] += place[4 * row + n] * index[n];
    }
    for (int n = 0; n < 3; ++n) {  // the inverse of a rotation is its transpose
      double dataset_mm = 0;
      for (int row = 0; row < 3; ++row) dataset_mm += source_from_dataset[4 * row + n] * mm[row];
      const double half_mm = static_cast<double>(grid.size[n]) / 2 * grid.spacing_mm[n];
      if (std::abs(dataset_mm) > half_mm) return true;
    }
  }
  return false;
}

}  // namespace voxprior
