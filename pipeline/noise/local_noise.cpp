#include "pipeline/noise/local_noise.h"

#include <algorithm>
#include <cmath>

#include "pipeline/intensity/otsu.h"
#include "pipeline/noise/detail_blocks.h"
#include "pipeline/noise/detail_fit.h"
#include "pipeline/noise/nodes.h"
#include "pipeline/noise/rician.h"

namespace voxprior {
namespace {

constexpr double kSpacing = 12, kReach = 16;  // voxels
constexpr double kAnatomyInDetail = 0.2;
constexpr double kLeastOfActivity = 0.38;  // noise over coarser detail: 1 for noise, below 0.3 for anatomy
constexpr std::size_t kFewBlocks = 40;
constexpr double kLeastShare = 0.5;  // of the nodes inside the object
// Even noise: 1.08 to 1.2 over brains at 3 to 15 %.
constexpr double kLeastRatio = 1.3;
constexpr int kRicianPasses = 4;

/// Air is Rayleigh: its variance is this share of that of each channel.
double air_share(NoiseKind kind) { return kind == NoiseKind::rician ? rician_sd(0) * rician_sd(0) : 1; }

/// A block with what is known of it from the start.
struct Seen {
  const DetailBlock* block;
  double share;  ///< of the noise's variance that it shows: below 1 in air
};

/// Variance of white noise that the blocks around a node show; 0 when there are too few, or anatomy rules.
double variance_of(std::vector<Seen> seen, NoiseKind kind, int degrees, const RicianVarianceOfMean& variance_of_mean) {
  if (seen.size() < kFewBlocks) return 0;
  const auto quieter = [](const Seen& a, const Seen& b) {
    return a.block->activity / a.share < b.block->activity / b.share;
  };
  const auto half = seen.begin() + static_cast<std::ptrdiff_t>(seen.size() / 2);
  std::nth_element(seen.begin(), half, seen.end(), quieter);
  seen.erase(half, seen.end());
  double variance = 0;
  for (int pass = 0; pass < (kind == NoiseKind::rician ? kRicianPasses : 1); ++pass) {
    std::vector<double> found, activities;
    for (const Seen& one : seen) {
      const bool corrected = kind == NoiseKind::rician && variance > 0 && one.share == 1;
      const double factor = corrected ? variance_of_mean(one.block->mean / std::sqrt(variance)) : one.share;
      found.push_back((one.block->detail - kAnatomyInDetail * one.block->activity) / (1 - kAnatomyInDetail) / factor);
      activities.push_back(one.block->activity / factor);
    }
    const auto middle = static_cast<std::ptrdiff_t>(found.size() / 2);
    std::nth_element(found.begin(), found.begin() + middle, found.end());
    std::nth_element(activities.begin(), activities.begin() + middle, activities.end());
    variance = found[static_cast<std::size_t>(middle)] / chi_squared_median(degrees);
    if (variance <= kLeastOfActivity * activities[static_cast<std::size_t>(middle)]) return 0;
  }
  return variance;
}

}  // namespace

LocalNoise local_noise(const float* voxels, const std::array<std::int64_t, 3>& size, NoiseKind kind,
                       bool air_is_noise) {
  const WaveletBands bands = wavelet_bands(voxels, size);
  if (bands.low_gain < 2) return {};
  const double threshold = otsu_threshold(bands.low.data(), bands.low.size()) / bands.low_gain;
  const std::vector<Region> regions = classify_positions(bands, threshold);
  std::vector<DetailBlock> blocks = blocks_of_region(bands, regions, Region::object);
  const std::size_t of_object = blocks.size();
  if (air_is_noise) {
    const std::vector<DetailBlock> air = blocks_of_region(bands, regions, Region::air);
    blocks.insert(blocks.end(), air.begin(), air.end());
  }
  const Nodes nodes(size, {kSpacing, kSpacing, kSpacing});
  const int degrees = positions_per_block(bands);
  const RicianVarianceOfMean variance_of_mean;

  // Blocks by the node that they lie nearest to, so that a node looks at its neighbours' alone.
  std::vector<std::vector<Seen>> near(nodes.size());
  std::vector<std::size_t> object_blocks(nodes.size(), 0);
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const std::size_t node = nodes.nearest(blocks[b].centre);
    near[node].push_back({&blocks[b], b < of_object ? 1 : air_share(kind)});
    object_blocks[node] += b < of_object;
  }

  std::vector<double> log_sigma(nodes.size(), std::nan(""));
  std::vector<double> in_object;
  double object_nodes = 0, seen_nodes = 0, squares = 0;
  const auto reach = [&](std::size_t axis) { return static_cast<std::int64_t>(std::ceil(kReach / nodes.step[axis])); };
  for (std::int64_t k = 0; k < nodes.count[2]; ++k)
    for (std::int64_t j = 0; j < nodes.count[1]; ++j)
      for (std::int64_t i = 0; i < nodes.count[0]; ++i) {
        std::vector<Seen> around;
        for (std::int64_t z = std::max<std::int64_t>(k - reach(2), 0); z <= std::min(k + reach(2), nodes.count[2] - 1);
             ++z)
          for (std::int64_t y = std::max<std::int64_t>(j - reach(1), 0);
               y <= std::min(j + reach(1), nodes.count[1] - 1); ++y)
            for (std::int64_t x = std::max<std::int64_t>(i - reach(0), 0);
                 x <= std::min(i + reach(0), nodes.count[0] - 1); ++x)
              for (const Seen& one : near[nodes.at(x, y, z)]) {
                const bool inside = std::abs(one.block->centre[0] - nodes.place(0, i)) <= kReach &&
                                    std::abs(one.block->centre[1] - nodes.place(1, j)) <= kReach &&
                                    std::abs(one.block->centre[2] - nodes.place(2, k)) <= kReach;
                if (inside) around.push_back(one);
              }
        const double variance = variance_of(std::move(around), kind, degrees, variance_of_mean);
        const std::size_t node = nodes.at(i, j, k);
        const bool of_the_object = object_blocks[node] > 0;
        object_nodes += of_the_object;
        if (variance <= 0) continue;
        log_sigma[node] = std::log(variance) / 2;
        if (!of_the_object) continue;
        ++seen_nodes;
        squares += variance;
        in_object.push_back(log_sigma[node]);
      }
  LocalNoise found;
  if (seen_nodes == 0 || seen_nodes < kLeastShare * object_nodes) return found;
  found.seen = true;
  found.confidence = seen_nodes / object_nodes;
  found.typical = std::sqrt(squares / seen_nodes);
  std::sort(in_object.begin(), in_object.end());
  found.low = std::exp(in_object[in_object.size() / 20]);
  found.high = std::exp(in_object[in_object.size() - 1 - in_object.size() / 20]);
  found.varies = found.ratio() > kLeastRatio;
  found.sigma = sigma_between_nodes(nodes, log_sigma, size);
  return found;
}

}  // namespace voxprior
