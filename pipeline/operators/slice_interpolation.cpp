#include "pipeline/operators/slice_interpolation.h"

#include <algorithm>
#include <cmath>

namespace voxprior {
namespace {

/// Keys' kernel with a = -1/2 at a distance of x slices.
double keys(double x) {
  const double d = std::abs(x);
  if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
  if (d < 2) return ((-0.5 * d + 2.5) * d - 4) * d + 2;
  return 0;
}

}  // namespace

torch::Tensor slice_interpolation_matrix(const ThickSlices& s) {
  const torch::Tensor matrix = torch::zeros({s.thin_count, s.thick_count}, torch::kDouble);
  auto w = matrix.accessor<double, 2>();
  for (std::int64_t k = 0; k < s.thin_count; ++k) {
    const double at = (static_cast<double>(k) * s.thin_spacing_mm - s.first_mm) / s.thick_spacing_mm;
    const auto below = static_cast<std::int64_t>(std::floor(at));
    for (std::int64_t m = below - 1; m <= below + 2; ++m)
      w[k][std::clamp<std::int64_t>(m, 0, s.thick_count - 1)] += keys(at - static_cast<double>(m));
  }
  return matrix.to(torch::kFloat);
}

}  // namespace voxprior
