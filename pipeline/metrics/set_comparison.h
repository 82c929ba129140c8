#pragma once

#include <functional>
#include <string>

#include "pipeline/metrics/feature_panel.h"
#include "pipeline/metrics/sets/draws.h"

namespace voxprior {

/// What a good value of a metric is.
enum class Good { low, high, like_real };

/// One number that compares synthetic with real volumes, beside the same number for real with real ones.
struct SetMetric {
  std::string features;  ///< what of a volume is looked at: "radiomics", "random networks", ...
  std::string name;      ///< "Frechet distance", "coverage", ...
  Good good = Good::low;
  Estimate synthetic;   ///< synthetic against real (MS-SSIM: among synthetic ones)
  Estimate floor;       ///< real against real, other half (MS-SSIM: among real ones): what perfection would show
  double block_sd = 0;  ///< KID only: standard deviation over the blocks of blocked_mmd2

  /// The whole interval lies on the bad side of the floor's (for like_real: on either side). Two samples of one
  /// population were called so in none of 1140 comparisons.
  bool worse_than_floor() const;
};

struct SetComparisonOptions {
  std::uint64_t seed = 0;
  std::size_t draws = 100;
  std::size_t similarity_pairs = 200;  ///< pairs of volumes compared by MS-SSIM, in each set
  int threads = 0;
  std::function<void(double)> progress;  ///< called with the share done, when set
};

struct SetComparison {
  std::size_t volumes = 0;   ///< on each side: the smaller set, the larger one subsampled by the seed
  std::size_t per_half = 0;  ///< volumes on each side of every single comparison
  std::size_t draws = 0;
  std::size_t frechet_dimensions = 0;
  std::size_t kid_block = 0;         ///< volumes in a block of KID's standard deviation
  std::size_t similarity_pairs = 0;  ///< that MS-SSIM was taken of, in each set
  int ms_ssim_scales = 0;
  std::vector<SetMetric> metrics;
};

constexpr std::size_t kFewestVolumes = 20;  ///< on each side: halves of 10, below which a Frechet distance is refused

/// Compares two sets of volumes on one grid. In every draw the real set is split at random into halves A and B, and a
/// half C is taken of the synthetic set, all of one size. A against C gives the synthetic value, A against B the floor.
/// Features are scaled, and principal components found, on A alone, so that B and C are treated alike. Means are
/// over the draws. Drawing halves without replacement varies an estimate as much as the choice of the whole sample does
/// (the half-sample bootstrap: var(1/m - 1/n) = var/n for m = n/2), and no volume meets its own copy, which would be a
/// nearest neighbour at distance 0.
/// Throws Error(ExitCode::input) when a side has fewer than kFewestVolumes.
SetComparison compare_sets(const std::vector<VolumeDescription>& real, const std::vector<VolumeDescription>& synthetic,
                           const SetComparisonOptions& options = {});

}  // namespace voxprior
