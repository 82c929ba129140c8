#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "pipeline/noise/wavelet_bands.h"

namespace voxprior {

/// A few neighbouring wavelet positions, as the noise estimator sees them.
struct DetailBlock {
  double detail = 0;                     ///< mean square of the finest band
  double activity = 0;                   ///< mean square of the bands that are high-pass along one axis
  double mean = 0;                       ///< mean voxel value
  std::array<float, 3> centre{0, 0, 0};  ///< in voxels along i, j, k
};

/// Where the positions of a WaveletBands belong.
enum class Region : std::uint8_t { border, object, air };

/// object: local mean above `threshold`, with all its neighbours; air: below it, with all its neighbours; border: the
/// rest, and exact zeros.
std::vector<Region> classify_positions(const WaveletBands& bands, double threshold);

/// The blocks of 3 x 3 x 3 positions (fewer on short axes), every second one along each axis, that lie in one region.
std::vector<DetailBlock> blocks_of_region(const WaveletBands& bands, const std::vector<Region>& regions, Region wanted);

/// Number of positions in a block: degrees of freedom of its energies.
int positions_per_block(const WaveletBands& bands);

}  // namespace voxprior
