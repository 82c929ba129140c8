#pragma once

#include <array>
#include <complex>
#include <cstdint>
#include <vector>

namespace voxprior {

/// Sensitivities of `coils` loops around a volume, [coil][k][j][i], i fastest; over all coils sum |s|^2 = 1.
///
/// The loops stand on a ring around the k axis, two half widths away; eight or more stand on two rings, at a third and
/// two thirds of k. Each sees like the axis of a circular loop, R^2 / (R^2 + d^2)^(3/2) with R = one half width at the
/// distance d, with the phase of a rotating field: the azimuth of the voxel as seen from the loop.
std::vector<std::complex<float>> ring_of_coils(const std::array<std::int64_t, 3>& size_ijk, std::int64_t coils);

/// A phase as real scans have it, smooth over the volume: radians [k][j][i], within about 2 of each other.
std::vector<float> smooth_phase(const std::array<std::int64_t, 3>& size_ijk);

}  // namespace voxprior
