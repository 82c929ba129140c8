#include "pipeline/noise/local_noise.h"

#include <algorithm>
#include <cmath>

#include "pipeline/intensity/otsu.h"
#include "pipeline/noise/detail_blocks.h"
#include "pipeline/noise/detail_fit.h"
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

/// Nodes over a volume, i fastest.
struct Nodes {
  explicit Nodes(const std::array<std::int64_t, 3>& size) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      count[axis] =
          std::max<std::int64_t>(1, static_cast<std::int64_t>(std::lround(static_cast<double>(size[axis]) / kSpacing)));
      step[axis] = static_cast<double>(size[axis]) / static_cast<double>(count[axis]);
    }
  }
  std::array<std::int64_t, 3> count{};
  std::array<double, 3> step{};  ///< voxels; node n is at (n + 1/2) step - 1/2

  std::size_t size() const { return static_cast<std::size_t>(count[0] * count[1] * count[2]); }
  std::size_t at(std::int64_t i, std::int64_t j, std::int64_t k) const {
    return static_cast<std::size_t>((k * count[1] + j) * count[0] + i);
  }
  double place(std::size_t axis, std::int64_t n) const { return (static_cast<double>(n) + 0.5) * step[axis] - 0.5; }
};

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

/// ln(sigma) of every node; what is not known (NaN) from its known neighbours, again and again.
void fill_gaps(const Nodes& nodes, std::vector<double>& log_sigma) {
  for (bool gaps = true; gaps;) {
    gaps = false;
    std::vector<double> next = log_sigma;
    for (std::int64_t k = 0; k < nodes.count[2]; ++k)
      for (std::int64_t j = 0; j < nodes.count[1]; ++j)
        for (std::int64_t i = 0; i < nodes.count[0]; ++i) {
          if (!std::isnan(log_sigma[nodes.at(i, j, k)])) continue;
          double sum = 0, known = 0;
          for (std::int64_t z = std::max<std::int64_t>(k - 1, 0); z <= std::min(k + 1, nodes.count[2] - 1); ++z)
            for (std::int64_t y = std::max<std::int64_t>(j - 1, 0); y <= std::min(j + 1, nodes.count[1] - 1); ++y)
              for (std::int64_t x = std::max<std::int64_t>(i - 1, 0); x <= std::min(i + 1, nodes.count[0] - 1); ++x) {
                const double value = log_sigma[nodes.at(x, y, z)];
                if (!std::isnan(value)) sum += value, ++known;
              }
          if (known > 0) next[nodes.at(i, j, k)] = sum / known;
          gaps = gaps || known == 0;
        }
    log_sigma = next;
  }
}

/// [1 2 1] / 4 along each axis, the ends repeated.
void smooth(const Nodes& nodes, std::vector<double>& values) {
  std::int64_t stride = 1;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::int64_t length = nodes.count[axis];
    std::vector<double> next = values;
    for (std::size_t n = 0; n < values.size(); ++n) {
      const std::int64_t at = static_cast<std::int64_t>(n) / stride % length;
      const double before = values[at > 0 ? n - static_cast<std::size_t>(stride) : n];
      const double after = values[at + 1 < length ? n + static_cast<std::size_t>(stride) : n];
      next[n] = (before + 2 * values[n] + after) / 4;
    }
    values = next;
    stride *= length;
  }
}

/// Where a voxel lies between two nodes of an axis.
struct Between {
  std::int64_t low, high;
  double weight;
};
std::vector<Between> between_nodes(const Nodes& nodes, std::size_t axis, std::int64_t length) {
  std::vector<Between> result;
  for (std::int64_t n = 0; n < length; ++n) {
    const double at = std::clamp((static_cast<double>(n) + 0.5) / nodes.step[axis] - 0.5, 0.,
                                 static_cast<double>(nodes.count[axis] - 1));
    const auto low = static_cast<std::int64_t>(at);
    result.push_back({low, std::min(low + 1, nodes.count[axis] - 1), at - static_cast<double>(low)});
  }
  return result;
}

std::vector<float> interpolated(const Nodes& nodes, const std::vector<double>& log_sigma,
                                const std::array<std::int64_t, 3>& size) {
  const std::vector<Between> is = between_nodes(nodes, 0, size[0]), js = between_nodes(nodes, 1, size[1]),
                             ks = between_nodes(nodes, 2, size[2]);
  std::vector<double> row(static_cast<std::size_t>(nodes.count[0]));
  std::vector<float> sigma;
  sigma.reserve(static_cast<std::size_t>(size[0] * size[1] * size[2]));
  for (const Between& k : ks)
    for (const Between& j : js) {
      for (std::int64_t i = 0; i < nodes.count[0]; ++i) {
        const auto value = [&](std::int64_t y, std::int64_t z) { return log_sigma[nodes.at(i, y, z)]; };
        const double low = value(j.low, k.low) * (1 - j.weight) + value(j.high, k.low) * j.weight;
        const double high = value(j.low, k.high) * (1 - j.weight) + value(j.high, k.high) * j.weight;
        row[static_cast<std::size_t>(i)] = low * (1 - k.weight) + high * k.weight;
      }
      for (const Between& i : is)
        sigma.push_back(static_cast<float>(std::exp(row[static_cast<std::size_t>(i.low)] * (1 - i.weight) +
                                                    row[static_cast<std::size_t>(i.high)] * i.weight)));
    }
  return sigma;
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
  const Nodes nodes(size);
  const int degrees = positions_per_block(bands);
  const RicianVarianceOfMean variance_of_mean;

  // Blocks by the node that they lie nearest to, so that a node looks at its neighbours' alone.
  std::vector<std::vector<Seen>> near(nodes.size());
  std::vector<std::size_t> object_blocks(nodes.size(), 0);
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    std::array<std::int64_t, 3> node{};
    for (std::size_t axis = 0; axis < 3; ++axis)
      node[axis] = std::clamp<std::int64_t>(
          static_cast<std::int64_t>((static_cast<double>(blocks[b].centre[axis]) + 0.5) / nodes.step[axis]), 0,
          nodes.count[axis] - 1);
    near[nodes.at(node[0], node[1], node[2])].push_back({&blocks[b], b < of_object ? 1 : air_share(kind)});
    object_blocks[nodes.at(node[0], node[1], node[2])] += b < of_object;
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
  fill_gaps(nodes, log_sigma);
  smooth(nodes, log_sigma);
  found.sigma = interpolated(nodes, log_sigma, size);
  return found;
}

}  // namespace voxprior
