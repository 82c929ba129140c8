#pragma once

#include <optional>

#include "pipeline/metrics/modes/mode_set.h"
#include "pipeline/metrics/sets/draws.h"

namespace voxprior {

/// One number about how modes are covered, beside what a perfect generator would show with as many volumes.
struct ModeNumber {
  double value = 0;
  Estimate floor;  ///< over 1000 draws from the true frequencies: mean, 2.5th and 97.5th percentile
};

/// What a set of volumes covers of the modes of a design.
struct ModeCoverage {
  std::size_t volumes = 0, rejected = 0;  ///< all; those that are no mode
  std::vector<std::size_t> counts;        ///< of each mode
  ModeNumber found;                       ///< modes that occur at least once
  std::size_t rare_modes = 0;             ///< modes of 1 % or less; 0 in the balanced set, where all are alike
  ModeNumber rare_found;                  ///< of those
  ModeNumber total_variation;             ///< half the sum of |observed - true frequency|, of what is a mode: 0 to 1
  ModeNumber divergence;                  ///< Kullback-Leibler divergence of observed from true frequencies, in nats;
                                          ///< NaN where no volume is a mode
};

/// Volumes that a coverage needs: as many as the design has modes, for with fewer not all could be found.
std::size_t fewest_for_coverage(const ModeDesign& design);

/// `assigned` holds the mode of each volume, or nothing for one that is no mode. The draws of the floor take `seed`.
/// Throws Error(ExitCode::input) for fewer volumes than fewest_for_coverage().
ModeCoverage mode_coverage(const ModeDesign& design, const std::vector<std::optional<std::size_t>>& assigned,
                           std::uint64_t seed);

}  // namespace voxprior
