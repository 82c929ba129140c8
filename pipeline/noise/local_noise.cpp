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
// Where noise varies within a cube, its quieter half is that of the weaker noise, and smoothing levels what is steep.
constexpr int kRefinements = 2;

/// Air is Rayleigh: its variance is this share of that of each channel.
double air_share(NoiseKind kind) { return kind == NoiseKind::rician ? rician_sd(0) * rician_sd(0) : 1; }

/// A block with what is known of it from the start.
struct Seen {
  const DetailBlock* block;
  bool air;
  double share;     ///< of the noise's variance that it shows: below 1 in air
  double expected;  ///< variance of the noise there, as far as it is known yet; what is looked for is relative to it
};

/// Variance of the noise around a node over what is expected; 0 when there are too few blocks, or anatomy rules.
double variance_of(std::vector<Seen> seen, NoiseKind kind, int degrees, const RicianVarianceOfMean& variance_of_mean) {
  if (seen.size() < kFewBlocks) return 0;
  const auto quieter = [](const Seen& a, const Seen& b) {
    return a.block->activity / (a.share * a.expected) < b.block->activity / (b.share * b.expected);
  };
  const auto half = seen.begin() + static_cast<std::ptrdiff_t>(seen.size() / 2);
  std::nth_element(seen.begin(), half, seen.end(), quieter);
  seen.erase(half, seen.end());
  double variance = 0;
  for (int pass = 0; pass < (kind == NoiseKind::rician ? kRicianPasses : 1); ++pass) {
    std::vector<double> found, activities;
    for (const Seen& one : seen) {
      const bool corrected = kind == NoiseKind::rician && variance > 0 && !one.air;
      const double share =
          corrected ? variance_of_mean(one.block->mean / std::sqrt(variance * one.expected)) : one.share;
      const double unit = share * one.expected;
      found.push_back((one.block->detail - kAnatomyInDetail * one.block->activity) / (1 - kAnatomyInDetail) / unit);
      activities.push_back(one.block->activity / unit);
    }
    const auto middle = static_cast<std::ptrdiff_t>(found.size() / 2);
    std::nth_element(found.begin(), found.begin() + middle, found.end());
    std::nth_element(activities.begin(), activities.begin() + middle, activities.end());
    variance = found[static_cast<std::size_t>(middle)] / chi_squared_median(degrees);
    if (variance <= kLeastOfActivity * activities[static_cast<std::size_t>(middle)]) return 0;
  }
  return variance;
}

/// The blocks of a volume, and the nodes around which they are looked at.
class Survey {
 public:
  Survey(const WaveletBands& bands, const std::array<std::int64_t, 3>& size, NoiseKind kind, bool air_is_noise)
      : size_(size), kind_(kind), degrees_(positions_per_block(bands)), nodes_(size, {kSpacing, kSpacing, kSpacing}) {
    const double threshold = otsu_threshold(bands.low.data(), bands.low.size()) / bands.low_gain;
    const std::vector<Region> regions = classify_positions(bands, threshold);
    object_ = blocks_of_region(bands, regions, Region::object);
    if (air_is_noise) air_ = blocks_of_region(bands, regions, Region::air);
    near_.resize(nodes_.size());
    of_object_.resize(nodes_.size());
    for (const DetailBlock& block : object_) {
      near_[nodes_.nearest(block.centre)].push_back({&block, false, 1, 1});
      of_object_[nodes_.nearest(block.centre)] = true;
    }
    for (const DetailBlock& block : air_)
      near_[nodes_.nearest(block.centre)].push_back({&block, true, air_share(kind), 1});
  }

  /// From here on looks for what differs from this map of sigma.
  void expect(const std::vector<float>& sigma) {
    for (std::vector<Seen>& blocks : near_)
      for (Seen& one : blocks) {
        const float there = sigma[voxel({one.block->centre[0], one.block->centre[1], one.block->centre[2]})];
        one.expected = static_cast<double>(there) * there;
      }
  }

  /// ln of sigma over what is expected, of each node; NaN where it is not seen.
  std::vector<double> log_ratios() const {
    std::vector<double> found(nodes_.size(), std::nan(""));
    for (std::int64_t k = 0; k < nodes_.count[2]; ++k)
      for (std::int64_t j = 0; j < nodes_.count[1]; ++j)
        for (std::int64_t i = 0; i < nodes_.count[0]; ++i) {
          const double variance = variance_of(around({i, j, k}), kind_, degrees_, variance_of_mean_);
          if (variance > 0) found[nodes_.at(i, j, k)] = std::log(variance) / 2;
        }
    return found;
  }

  std::vector<float> map(std::vector<double> log_sigma) const {
    return sigma_between_nodes(nodes_, std::move(log_sigma), size_);
  }

  /// What the nodes inside the object say, `log_sigma` of them being seen; without a map.
  LocalNoise summary(const std::vector<double>& log_sigma) const {
    std::vector<double> inside;
    double object_nodes = 0, squares = 0;
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
      object_nodes += of_object_[n];
      if (!of_object_[n] || std::isnan(log_sigma[n])) continue;
      inside.push_back(log_sigma[n]);
      squares += std::exp(2 * log_sigma[n]);
    }
    LocalNoise found;
    const auto seen_nodes = static_cast<double>(inside.size());
    if (inside.empty() || seen_nodes < kLeastShare * object_nodes) return found;
    std::sort(inside.begin(), inside.end());
    found.seen = true;
    found.confidence = seen_nodes / object_nodes;
    found.typical = std::sqrt(squares / seen_nodes);
    found.low = std::exp(inside[inside.size() / 20]);
    found.high = std::exp(inside[inside.size() - 1 - inside.size() / 20]);
    found.varies = found.ratio() > kLeastRatio;
    return found;
  }

  /// ln of a map of sigma at the nodes.
  std::vector<double> at_nodes(const std::vector<float>& sigma) const {
    std::vector<double> found(nodes_.size());
    for (std::int64_t k = 0; k < nodes_.count[2]; ++k)
      for (std::int64_t j = 0; j < nodes_.count[1]; ++j)
        for (std::int64_t i = 0; i < nodes_.count[0]; ++i)
          found[nodes_.at(i, j, k)] =
              std::log(sigma[voxel({nodes_.place(0, i), nodes_.place(1, j), nodes_.place(2, k)})]);
    return found;
  }

 private:
  std::size_t voxel(const std::array<double, 3>& place) const {
    std::array<std::int64_t, 3> at{};
    for (std::size_t axis = 0; axis < 3; ++axis)
      at[axis] = std::clamp<std::int64_t>(std::lround(place[axis]), 0, size_[axis] - 1);
    return static_cast<std::size_t>((at[2] * size_[1] + at[1]) * size_[0] + at[0]);
  }

  std::vector<Seen> around(const std::array<std::int64_t, 3>& node) const {
    std::array<std::int64_t, 3> first{}, last{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const auto reach = static_cast<std::int64_t>(std::ceil(kReach / nodes_.step[axis]));
      first[axis] = std::max<std::int64_t>(node[axis] - reach, 0);
      last[axis] = std::min(node[axis] + reach, nodes_.count[axis] - 1);
    }
    const auto inside = [&](const DetailBlock& block) {
      for (std::size_t axis = 0; axis < 3; ++axis)
        if (std::abs(block.centre[axis] - nodes_.place(axis, node[axis])) > kReach) return false;
      return true;
    };
    std::vector<Seen> found;
    for (std::int64_t z = first[2]; z <= last[2]; ++z)
      for (std::int64_t y = first[1]; y <= last[1]; ++y)
        for (std::int64_t x = first[0]; x <= last[0]; ++x)
          for (const Seen& one : near_[nodes_.at(x, y, z)])
            if (inside(*one.block)) found.push_back(one);
    return found;
  }

  std::array<std::int64_t, 3> size_;
  NoiseKind kind_;
  int degrees_;
  Nodes nodes_;
  std::vector<DetailBlock> object_, air_;
  std::vector<std::vector<Seen>> near_;  // by the node that they lie nearest to
  std::vector<bool> of_object_;          // nodes
  RicianVarianceOfMean variance_of_mean_;
};

}  // namespace

LocalNoise local_noise(const float* voxels, const std::array<std::int64_t, 3>& size, NoiseKind kind,
                       bool air_is_noise) {
  const WaveletBands bands = wavelet_bands(voxels, size);
  if (bands.low_gain < 2) return {};
  Survey survey(bands, size, kind, air_is_noise);
  std::vector<double> log_sigma = survey.log_ratios();
  LocalNoise found = survey.summary(log_sigma);
  if (!found.seen) return found;
  found.sigma = survey.map(log_sigma);
  for (int pass = 0; found.varies && pass < kRefinements; ++pass) {
    survey.expect(found.sigma);
    const std::vector<double> ratios = survey.log_ratios(), before = survey.at_nodes(found.sigma);
    for (std::size_t n = 0; n < ratios.size(); ++n) log_sigma[n] = before[n] + ratios[n];
    LocalNoise next = survey.summary(log_sigma);
    if (!next.seen) break;
    const std::vector<float> correction = survey.map(ratios);
    next.sigma = std::move(found.sigma);
    for (std::size_t i = 0; i < correction.size(); ++i) next.sigma[i] *= correction[i];
    next.varies = true;
    found = std::move(next);
  }
  return found;
}

}  // namespace voxprior
