#include "pipeline/sampling/cartesian_masks.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "pipeline/noise/random.h"

namespace voxprior {
namespace {

constexpr double kFloorDensity = 1e-3;  // nothing is impossible
constexpr double kDistanceGrowth = 2;   // the distance at the edge is 1 + this times that in the centre
constexpr int kBisections = 16;

/// Distance of index n from the centre, 0 to about 1 at the edge.
double offset(std::int64_t n, std::int64_t size) {
  return size < 2 ? 0 : std::abs(static_cast<double>(n - size / 2)) / (0.5 * static_cast<double>(size));
}

bool in_calibration(std::int64_t n, std::int64_t size, std::int64_t calibration) {
  const std::int64_t first = size / 2 - calibration / 2;
  return size == 1 || (n >= first && n < first + calibration);
}

std::int64_t wanted(double all, double acceleration) {
  return std::max<std::int64_t>(1, std::llround(all / acceleration));
}

void refuse_too_small(std::int64_t calibration, std::int64_t samples, double acceleration) {
  if (calibration <= samples) return;
  fail(ExitCode::usage, "--calibration: the region around the centre alone holds ", calibration,
       " phase encodings, but an acceleration of ", acceleration, " leaves ", samples,
       "; take a smaller region or acceleration");
}

/// Marks `count` of the positions: those that are certain, then others without replacement, each with a chance in
/// proportion to its weight. Efraimidis & Spirakis, Weighted random sampling with a reservoir, Inf Process Lett 2006.
std::vector<std::uint8_t> draw(const std::vector<double>& weights, const std::vector<std::uint8_t>& certain,
                               std::int64_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::pair<double, std::size_t>> keys;
  for (std::size_t n = 0; n < weights.size(); ++n) {
    const double key = std::log(1 - random.uniform()) / weights[n];  // log(u) / w orders as u^(1/w) does
    if (certain[n] == 0) keys.emplace_back(-key, n);
  }
  std::vector<std::uint8_t> mask = certain;
  const auto left = count - std::accumulate(certain.begin(), certain.end(), std::int64_t{0});
  const auto taken = static_cast<std::ptrdiff_t>(std::min<std::int64_t>(left, static_cast<std::int64_t>(keys.size())));
  std::partial_sort(keys.begin(), keys.begin() + taken, keys.end());
  for (std::ptrdiff_t n = 0; n < taken; ++n) mask[keys[static_cast<std::size_t>(n)].second] = 1;
  return mask;
}

std::vector<std::uint8_t> calibration_region(const MaskRequest& request) {
  std::vector<std::uint8_t> mask;
  for (std::int64_t k = 0; k < request.partitions; ++k) {
    for (std::int64_t j = 0; j < request.lines; ++j) {
      const bool inside = in_calibration(j, request.lines, request.calibration) &&
                          in_calibration(k, request.partitions, request.calibration);
      mask.push_back(inside ? 1 : 0);
    }
  }
  return mask;
}

double density(double r) { return std::max(kFloorDensity, (1 - r) * (1 - r) * (r < 1 ? 1 : 0)); }

/// Distance from the centre of every phase encoding.
std::vector<double> radii(const MaskRequest& request) {
  std::vector<double> values;
  for (std::int64_t k = 0; k < request.partitions; ++k)
    for (std::int64_t j = 0; j < request.lines; ++j)
      values.push_back(std::hypot(offset(j, request.lines), offset(k, request.partitions)));
  return values;
}

std::int64_t checked_count(const MaskRequest& request, const std::vector<std::uint8_t>& certain) {
  const std::int64_t count = wanted(static_cast<double>(certain.size()), request.acceleration);
  refuse_too_small(std::accumulate(certain.begin(), certain.end(), std::int64_t{0}), count, request.acceleration);
  return count;
}

/// Throws darts at all positions in the given order: each is kept unless one kept before is nearer than `distance`
/// allows.
std::vector<std::uint8_t> throw_darts(const MaskRequest& request, const std::vector<std::size_t>& order,
                                      const std::vector<double>& radius, std::vector<std::uint8_t> kept,
                                      double distance_in_centre) {
  const std::vector<std::uint8_t> certain = kept;
  for (const std::size_t n : order) {
    if (certain[n] != 0) continue;
    const double distance = distance_in_centre * (1 + kDistanceGrowth * radius[n]);
    const auto reach = static_cast<std::int64_t>(distance);
    const auto j = static_cast<std::int64_t>(n) % request.lines, k = static_cast<std::int64_t>(n) / request.lines;
    bool free = true;
    for (std::int64_t b = std::max<std::int64_t>(0, k - reach);
         free && b <= std::min(request.partitions - 1, k + reach); ++b) {
      for (std::int64_t a = std::max<std::int64_t>(0, j - reach); free && a <= std::min(request.lines - 1, j + reach);
           ++a) {
        const bool near = std::hypot(static_cast<double>(a - j), static_cast<double>(b - k)) < distance;
        free = !(near && kept[static_cast<std::size_t>(b * request.lines + a)] != 0);
      }
    }
    kept[n] = free ? 1 : 0;
  }
  return kept;
}

}  // namespace

std::vector<std::uint8_t> variable_density_lines(const MaskRequest& request) {
  MaskRequest one = request;
  one.partitions = 1;
  const std::vector<std::uint8_t> line = variable_density_points(one);
  std::vector<std::uint8_t> mask;
  for (std::int64_t k = 0; k < request.partitions; ++k) mask.insert(mask.end(), line.begin(), line.end());
  return mask;
}

std::vector<std::uint8_t> variable_density_points(const MaskRequest& request) {
  const std::vector<std::uint8_t> certain = calibration_region(request);
  const std::int64_t count = checked_count(request, certain);
  std::vector<double> weights = radii(request);
  for (double& weight : weights) weight = density(weight);
  return draw(weights, certain, count, request.seed);
}

std::vector<std::uint8_t> poisson_disc_points(const MaskRequest& request) {
  const std::vector<std::uint8_t> certain = calibration_region(request);
  const std::int64_t count = checked_count(request, certain);
  const std::vector<double> radius = radii(request);
  std::vector<std::size_t> order(certain.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  Random random(request.seed);
  for (std::size_t n = order.size(); n > 1; --n) std::swap(order[n - 1], order[random.below(n)]);

  double least = 0, greatest = 2 * std::sqrt(request.acceleration) + 2;
  std::vector<std::uint8_t> best;
  std::int64_t best_miss = static_cast<std::int64_t>(certain.size()) + 1;
  for (int step = 0; step < kBisections; ++step) {
    const double distance = 0.5 * (least + greatest);
    std::vector<std::uint8_t> mask = throw_darts(request, order, radius, certain, distance);
    const std::int64_t found = std::accumulate(mask.begin(), mask.end(), std::int64_t{0});
    (found > count ? least : greatest) = distance;
    if (std::abs(found - count) >= best_miss) continue;
    best_miss = std::abs(found - count);
    best = std::move(mask);
  }
  return best;
}

}  // namespace voxprior
