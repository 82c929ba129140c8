#include "workflows/one_grid.h"

#include <algorithm>
#include <cmath>

namespace voxprior {
namespace {

template <size_t N>
bool all_near(const std::array<double, N>& a, const std::array<double, N>& b, double tolerance) {
  return std::equal(a.begin(), a.end(), b.begin(), [&](double x, double y) { return std::abs(x - y) <= tolerance; });
}

}  // namespace

bool on_one_grid(const Geometry& a, const Geometry& b) {
  const double spacing_mm = *std::min_element(a.spacing_mm.begin(), a.spacing_mm.end());
  const auto longest = static_cast<double>(*std::max_element(a.size.begin(), a.size.end()));
  return a.size == b.size && all_near(a.spacing_mm, b.spacing_mm, 0.01 * spacing_mm / longest) &&
         all_near(a.origin_mm, b.origin_mm, 0.01 * spacing_mm) &&
         all_near(a.lps_from_index, b.lps_from_index, 0.01 / longest);
}

}  // namespace voxprior
