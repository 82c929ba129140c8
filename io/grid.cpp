#include "io/grid.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>

#include "base/error.h"

namespace voxprior {
namespace {

constexpr double kLargestShear = 1e-4;

std::string text_of(const Affine& m) {
  std::ostringstream text;
  for (int row = 0; row < 3; ++row) {
    text << (row == 0 ? "[" : "; ") << m[4 * row] << ' ' << m[4 * row + 1] << ' ' << m[4 * row + 2] << ' '
         << m[4 * row + 3];
  }
  return text.str() + "]";
}

double dot_of_columns(const std::array<double, 9>& m, int a, int b) {
  return m[a] * m[b] + m[3 + a] * m[3 + b] + m[6 + a] * m[6 + b];
}

}  // namespace

void check_size(const std::filesystem::path& path, const std::array<std::int64_t, 3>& size, std::int64_t max_voxels) {
  const auto refuse = [&](const char* what) {
    fail(ExitCode::input, path, ": its size is ", size[0], " x ", size[1], " x ", size[2], " voxels", what);
  };
  if (*std::min_element(size.begin(), size.end()) < 1) refuse("; every one must be positive");
  if (*std::min_element(size.begin(), size.end()) == 1) refuse(": one voxel thick; a volume of at least 2 is needed");
  std::int64_t left = max_voxels;
  for (const std::int64_t n : size) left /= n;  // rounding down step by step gives floor(max / product)
  if (left < 1) {
    std::ostringstream limit;
    limit << ", more than the " << max_voxels << " allowed; raise --max-voxels if that is right";
    refuse(limit.str().c_str());
  }
}

Geometry geometry_from_affine(const std::filesystem::path& path, const std::array<std::int64_t, 3>& size,
                              const Affine& lps_from_index) {
  const Affine& m = lps_from_index;
  if (!std::all_of(m.begin(), m.end(), [](double x) { return std::isfinite(x); })) {
    fail(ExitCode::input, path, ": its orientation holds NaN or infinite numbers: ", text_of(m),
         " (LPS); repair the header");
  }
  Geometry geometry;
  geometry.size = size;
  for (int k = 0; k < 3; ++k) {
    geometry.origin_mm[k] = m[4 * k + 3];
    geometry.spacing_mm[k] = std::hypot(m[k], m[4 + k], m[8 + k]);
    if (!(geometry.spacing_mm[k] > 0) || !std::isfinite(geometry.spacing_mm[k])) {
      fail(ExitCode::input, path, ": its orientation is singular: ", text_of(m), " (LPS); repair the header");
    }
    for (int row = 0; row < 3; ++row) geometry.lps_from_index[3 * row + k] = m[4 * row + k] / geometry.spacing_mm[k];
  }
  for (const auto& [a, b] : {std::pair{0, 1}, std::pair{0, 2}, std::pair{1, 2}}) {
    if (std::abs(dot_of_columns(geometry.lps_from_index, a, b)) > kLargestShear) {
      fail(ExitCode::input, path, ": its axes are not perpendicular (sheared): ", text_of(m),
           " (LPS); resample it to a rectangular grid first");
    }
  }
  return geometry;
}

Affine affine_of(const Geometry& geometry) {
  Affine affine;
  for (int row = 0; row < 3; ++row) {
    for (int k = 0; k < 3; ++k) affine[4 * row + k] = geometry.lps_from_index[3 * row + k] * geometry.spacing_mm[k];
    affine[4 * row + 3] = geometry.origin_mm[row];
  }
  return affine;
}

Affine flip_left_right_and_front_back(Affine affine) {
  for (int n = 0; n < 8; ++n) affine[n] = -affine[n];
  return affine;
}

bool same_grid(const Geometry& a, const Geometry& b) {
  return a.size == b.size && a.spacing_mm == b.spacing_mm && a.origin_mm == b.origin_mm &&
         a.lps_from_index == b.lps_from_index;
}

}  // namespace voxprior
