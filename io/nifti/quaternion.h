#pragma once

#include <array>

namespace voxprior::nifti {

/// Row-major rotation of the unit quaternion (a, b, c, d) with a = sqrt(1 - b^2 - c^2 - d^2) >= 0 (nifti1.h, method 2).
std::array<double, 9> rotation_of(const std::array<double, 3>& bcd);

struct Quaternion {
  std::array<double, 3> bcd;
  double qfac;  ///< -1 where the third axis had to be flipped to make a proper rotation, else 1
};

/// The quaternion of an orthogonal matrix. Keeps full precision for every rotation, half turns included.
Quaternion quaternion_of(std::array<double, 9> rotation);

}  // namespace voxprior::nifti
