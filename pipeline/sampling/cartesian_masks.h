#pragma once

#include <cstdint>
#include <vector>

namespace voxprior {

/// Which lines of k-space to sample, of lines x partitions phase encodings (j x k; the readout i is always whole).
struct MaskRequest {
  std::int64_t lines = 1, partitions = 1;
  double acceleration = 4;        ///< one line in so many is sampled, the calibration region counted in
  std::int64_t calibration = 24;  ///< lines (and partitions) around the centre N/2 that are all sampled
  std::uint64_t seed = 0;
};

/// One byte a phase encoding, [k][j], j fastest; 1 where sampled. All throw Error(ExitCode::usage) when the calibration
/// region alone is more than what may be sampled.

/// Whole lines j, the same in every partition: exactly lines / acceleration of them, drawn with a density that falls
/// like (1 - r)^2 from the centre to the edge r = 1.
std::vector<std::uint8_t> variable_density_lines(const MaskRequest& request);

/// Single phase encodings, exactly lines * partitions / acceleration, with the same density in both directions.
std::vector<std::uint8_t> variable_density_points(const MaskRequest& request);

/// Variable-density Poisson discs: random, but no two samples nearer than a distance that grows threefold from the
/// centre to the edge. Their number comes within 2 % of lines * partitions / acceleration for 1000 samples or more.
/// Cook, Stochastic sampling in computer graphics. ACM Trans Graph 1986; 5:51-72 (dart throwing).
std::vector<std::uint8_t> poisson_disc_points(const MaskRequest& request);

}  // namespace voxprior
