#pragma once

#include <array>
#include <complex>
#include <cstdint>
#include <vector>

namespace voxprior {

/// Geometry factor of SENSE with every `acceleration`-th line along j measured, [k][j][i], i fastest:
///
///   g_a = sqrt( [(S^H S)^-1]_aa [S^H S]_aa ),   S [coils x R]: the sensitivities at the R voxels that fold onto a
///
/// 1 without acceleration and never below; the noise of the image is g sqrt(R) / sqrt([S^H S]_aa) times that of a
/// coil's k-space, sqrt(R) for fewer samples. Voxels ceil(size_j / R) apart fold onto each other; the coils' noise is
/// white and alike. `maps` [coil][k][j][i], as from ring_of_coils(). Throws Error(ExitCode::usage) for an acceleration
/// below 1 or above the number of coils, or voxels that the coils cannot tell apart.
///
/// Pruessmann et al., SENSE: sensitivity encoding for fast MRI. Magn Reson Med 1999; 42:952-962, eq. 23.
std::vector<float> sense_g_factor(const std::vector<std::complex<float>>& maps,
                                  const std::array<std::int64_t, 3>& size_ijk, std::int64_t coils,
                                  std::int64_t acceleration);

}  // namespace voxprior
