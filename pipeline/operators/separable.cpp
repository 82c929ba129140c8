#include "pipeline/operators/separable.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"

namespace voxprior {
namespace {

const double kSigmaPerFwhm = 1 / (2 * std::sqrt(2 * std::log(2.0)));

/// `matrix` [out,in] along `axis` of a volume.
torch::Tensor along_axis(const torch::Tensor& volume, const torch::Tensor& matrix, std::int64_t axis) {
  if (!matrix.defined()) return volume;
  if (volume.is_complex()) return torch::view_as_complex(along_axis(torch::view_as_real(volume), matrix, axis));
  const torch::Tensor here = matrix.to(volume.device());
  const std::vector<std::int64_t> sizes = volume.sizes().vec();
  std::int64_t before = 1;
  for (std::int64_t a = 0; a < axis; ++a) before *= sizes[static_cast<std::size_t>(a)];
  std::vector<std::int64_t> result = sizes;
  result[static_cast<std::size_t>(axis)] = matrix.size(0);
  const torch::Tensor columns = volume.reshape({before, sizes[static_cast<std::size_t>(axis)], -1});
  return torch::matmul(here, columns).reshape(result).contiguous();
}

/// Integral of a Gaussian of unit mass up to x standard deviations.
double gaussian_below(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

}  // namespace

Separable::Separable(std::array<std::int64_t, 3> sizes, std::array<torch::Tensor, 3> matrices)
    : domain_(sizes.begin(), sizes.end()), codomain_(domain_), matrices_(std::move(matrices)) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const torch::Tensor& matrix = matrices_[axis];
    if (!matrix.defined()) continue;
    TORCH_CHECK(matrix.scalar_type() == torch::kFloat, "matrices must be float32, got ", matrix.dtype());
    if (matrix.dim() != 2 || matrix.size(1) != domain_[axis])
      fail(ExitCode::input, "a matrix ", matrix.sizes(), " does not fit axis ", axis, " of a volume ",
           torch::IntArrayRef(domain_));
    codomain_[axis] = matrix.size(0);
  }
}

torch::Tensor Separable::forward(const torch::Tensor& x) const {
  TORCH_CHECK(x.sizes() == domain_, "expected a volume ", domain_, ", got ", x.sizes());
  torch::Tensor y = x;
  for (std::int64_t axis = 0; axis < 3; ++axis) y = along_axis(y, matrices_[static_cast<std::size_t>(axis)], axis);
  return y;
}

torch::Tensor Separable::adjoint(const torch::Tensor& y) const {
  TORCH_CHECK(y.sizes() == codomain_, "expected a volume ", codomain_, ", got ", y.sizes());
  torch::Tensor x = y;
  for (std::int64_t axis = 2; axis >= 0; --axis) {
    const torch::Tensor& matrix = matrices_[static_cast<std::size_t>(axis)];
    x = along_axis(x, matrix.defined() ? matrix.t() : matrix, axis);
  }
  return x;
}

torch::Tensor gaussian_blur_matrix(std::int64_t count, double spacing_mm, double fwhm_mm) {
  if (count < 1 || !(spacing_mm > 0) || !(fwhm_mm >= 0) || !std::isfinite(fwhm_mm))
    fail(ExitCode::input, "a blur needs samples, a positive spacing and a width of 0 mm or more, got ", count,
         " samples, ", spacing_mm, " mm and ", fwhm_mm, " mm");
  if (fwhm_mm == 0) return torch::eye(count);
  const double sigma = fwhm_mm * kSigmaPerFwhm / spacing_mm;  // in samples
  const auto reach = static_cast<std::int64_t>(std::ceil(6 * sigma)) + 1;
  const torch::Tensor matrix = torch::zeros({count, count}, torch::kDouble);
  auto m = matrix.accessor<double, 2>();
  for (std::int64_t n = 0; n < count; ++n)
    for (std::int64_t d = -reach; d <= reach; ++d) {
      // Reflected at -1/2 and count - 1/2, as often as needed.
      std::int64_t k = (n + d) % (2 * count);
      if (k < 0) k += 2 * count;
      if (k >= count) k = 2 * count - 1 - k;
      const auto middle = static_cast<double>(d);
      m[n][k] += gaussian_below((middle + 0.5) / sigma) - gaussian_below((middle - 0.5) / sigma);
    }
  return matrix.to(torch::kFloat);
}

torch::Tensor slice_profile_matrix(const ThickSlices& s) {
  if (s.thin_count < 1 || s.thick_count < 1 || !(s.thin_spacing_mm > 0) || !(s.thick_spacing_mm > 0) ||
      !(s.thickness_mm > 0) || !std::isfinite(s.first_mm))
    fail(ExitCode::input, "thick slices need counts, spacings and a thickness that are positive, got ", s.thick_count,
         " slices of ", s.thickness_mm, " mm every ", s.thick_spacing_mm, " mm from ", s.thin_count, " of ",
         s.thin_spacing_mm, " mm");
  const double sigma = s.thickness_mm * kSigmaPerFwhm;
  const torch::Tensor matrix = torch::zeros({s.thick_count, s.thin_count}, torch::kDouble);
  auto w = matrix.accessor<double, 2>();
  for (std::int64_t m = 0; m < s.thick_count; ++m) {
    const double centre = s.first_mm + static_cast<double>(m) * s.thick_spacing_mm;
    double sum = 0;
    for (std::int64_t k = 0; k < s.thin_count; ++k) {
      const double from = (static_cast<double>(k) - 0.5) * s.thin_spacing_mm - centre, to = from + s.thin_spacing_mm;
      const double half = s.thickness_mm / 2;
      w[m][k] = s.profile == SliceProfile::gaussian ? gaussian_below(to / sigma) - gaussian_below(from / sigma)
                                                    : std::max(0.0, std::min(to, half) - std::max(from, -half));
      sum += w[m][k];
    }
    const double last = (static_cast<double>(s.thin_count) - 0.5) * s.thin_spacing_mm;
    if (centre < -0.5 * s.thin_spacing_mm || centre > last)
      fail(ExitCode::input, "thick slice ", m + 1, " of ", s.thick_count, " lies at ", centre,
           " mm, outside the thin slices from ", -0.5 * s.thin_spacing_mm, " to ", last, " mm");
    for (std::int64_t k = 0; k < s.thin_count; ++k) w[m][k] /= sum;
  }
  return matrix.to(torch::kFloat);
}

}  // namespace voxprior
