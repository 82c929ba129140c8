#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace voxprior {

/// Smooth maps of how strong noise is over a volume, [k][j][i], i fastest, least 1, greatest `range` (>= 1).
/// What a coil array leaves after its brightness is made even: the deeper, the noisier. A Gaussian hill in ln(sigma),
/// with its top in the middle of the volume and `range` times weaker noise in the corners.
std::vector<float> noise_towards_middle(const std::array<std::int64_t, 3>& size_ijk, double range);

/// A surface coil after its brightness was made even: the noise grows exponentially along j, away from the coil.
std::vector<float> noise_towards_side(const std::array<std::int64_t, 3>& size_ijk, double range);

/// Scales a map so that its root mean square over the voxels where `volume` is not 0 is `sigma`.
/// Throws Error(ExitCode::input) for a volume of zeros.
void scale_noise_map(std::vector<float>& map, const std::vector<float>& volume, double sigma);

}  // namespace voxprior
