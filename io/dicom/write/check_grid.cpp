#include "io/dicom/write/check_grid.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.h"
#include "io/dicom/vector3.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

constexpr double kLargestDistanceMm = 1e-4;

std::array<double, 3> position_of(const Geometry& g, std::array<double, 3> index) {
  std::array<double, 3> point = g.origin_mm;
  for (int row = 0; row < 3; ++row) {
    for (int k = 0; k < 3; ++k) point[row] += g.lps_from_index[3 * row + k] * g.spacing_mm[k] * index[k];
  }
  return point;
}

}  // namespace

void check_finite(const fs::path& name, const Volume& volume) {
  if (!std::all_of(volume.voxels.begin(), volume.voxels.end(), [](float v) { return std::isfinite(v); })) {
    fail(ExitCode::output, name, ": a voxel is NaN or infinite, which DICOM pixels cannot hold; not written");
  }
}

void check_same_grid(const fs::path& name, const Geometry& volume, const Geometry& source) {
  if (volume.size != source.size) {
    fail(ExitCode::input, name, ": has ", volume.size[0], " x ", volume.size[1], " x ", volume.size[2],
         " voxels, the DICOM series ", source.size[0], " x ", source.size[1], " x ", source.size[2],
         "; resample it to the grid of the series first");
  }
  for (int corner = 0; corner < 8; ++corner) {
    std::array<double, 3> index{};
    for (int k = 0; k < 3; ++k) index[k] = corner >> k & 1 ? static_cast<double>(volume.size[k] - 1) : 0;
    const std::array<double, 3> a = position_of(volume, index), b = position_of(source, index);
    const double distance_mm = std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
    if (!(distance_mm <= kLargestDistanceMm)) {
      fail(ExitCode::input, name, ": a corner lies ", distance_mm, " mm from that of the DICOM series, more than ",
           kLargestDistanceMm, " mm; resample it to the grid of the series first");
    }
  }
}

void check_other_slices(const fs::path& name, const Geometry& volume, const Geometry& source) {
  const auto& m = source.lps_from_index;
  const Vector3 axis{m[2], m[5], m[8]};
  Geometry expected = source;
  expected.size[2] = volume.size[2];
  expected.spacing_mm[2] = volume.spacing_mm[2];
  expected.origin_mm = plus(source.origin_mm, dot(minus(volume.origin_mm, source.origin_mm), axis), axis);
  check_same_grid(name, volume, expected);
}

}  // namespace voxprior
