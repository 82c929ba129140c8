#pragma once

#include <array>
#include <cmath>

namespace voxprior {

using Vector3 = std::array<double, 3>;

inline double dot(const Vector3& a, const Vector3& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

inline double length(const Vector3& a) { return std::hypot(a[0], a[1], a[2]); }

inline Vector3 cross(const Vector3& a, const Vector3& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

/// a + factor * b
inline Vector3 plus(const Vector3& a, double factor, const Vector3& b) {
  return {a[0] + factor * b[0], a[1] + factor * b[1], a[2] + factor * b[2]};
}

inline Vector3 minus(const Vector3& a, const Vector3& b) { return plus(a, -1, b); }

inline Vector3 scaled(double factor, const Vector3& a) { return {factor * a[0], factor * a[1], factor * a[2]}; }

}  // namespace voxprior
