#include "io/nifti/quaternion.h"

#include <algorithm>
#include <cmath>

namespace voxprior::nifti {
namespace {

double determinant(const std::array<double, 9>& m) {
  return m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) + m[2] * (m[3] * m[7] - m[4] * m[6]);
}

}  // namespace

std::array<double, 9> rotation_of(const std::array<double, 3>& bcd) {
  double b = bcd[0], c = bcd[1], d = bcd[2];
  const double norm = b * b + c * c + d * d;
  if (norm > 1) b /= std::sqrt(norm), c /= std::sqrt(norm), d /= std::sqrt(norm);  // a half turn, rounded in the file
  const double a = std::sqrt(std::max(0., 1 - norm));
  return {a * a + b * b - c * c - d * d, 2 * (b * c - a * d),           2 * (b * d + a * c),
          2 * (b * c + a * d),           a * a + c * c - b * b - d * d, 2 * (c * d - a * b),
          2 * (b * d - a * c),           2 * (c * d + a * b),           a * a + d * d - b * b - c * c};
}

Quaternion quaternion_of(std::array<double, 9> r) {
  const double qfac = determinant(r) < 0 ? -1 : 1;
  for (const int n : {2, 5, 8}) r[n] *= qfac;
  // Of the four equivalent formulas, the one that divides by the largest component.
  const double squares[4] = {1 + r[0] + r[4] + r[8], 1 + r[0] - r[4] - r[8], 1 - r[0] + r[4] - r[8],
                             1 - r[0] - r[4] + r[8]};
  const auto largest = std::max_element(squares, squares + 4) - squares;
  const double twice = std::sqrt(squares[largest]);
  std::array<double, 4> q{};
  q[largest] = twice / 2;
  const double zy = (r[7] - r[5]) / (2 * twice), xz = (r[2] - r[6]) / (2 * twice), yx = (r[3] - r[1]) / (2 * twice);
  const double xy_sum = (r[1] + r[3]) / (2 * twice), xz_sum = (r[2] + r[6]) / (2 * twice),
               yz_sum = (r[5] + r[7]) / (2 * twice);
  if (largest == 0) q[1] = zy, q[2] = xz, q[3] = yx;
  if (largest == 1) q[0] = zy, q[2] = xy_sum, q[3] = xz_sum;
  if (largest == 2) q[0] = xz, q[1] = xy_sum, q[3] = yz_sum;
  if (largest == 3) q[0] = yx, q[1] = xz_sum, q[2] = yz_sum;
  const double sign = q[0] < 0 ? -1 : 1;
  return {{sign * q[1], sign * q[2], sign * q[3]}, qfac};
}

}  // namespace voxprior::nifti
