#include "pipeline/metrics/sets/kernel_distance.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "base/error.h"

namespace voxprior {
namespace {

constexpr double kBandwidths[] = {0.25, 0.5, 1, 2, 4};  // of the median distance

template <typename Map>
PairTable mapped(const PairTable& table, const Map& map) {
  PairTable result(table.samples());
  for (std::size_t a = 0; a < table.samples(); ++a)
    for (std::size_t b = a; b < table.samples(); ++b) result.set(a, b, map(table(a, b)));
  return result;
}

double median_of_pairs(const PairTable& table, const Samples& samples) {
  std::vector<double> values;
  for (std::size_t a = 0; a < samples.size(); ++a)
    for (std::size_t b = a + 1; b < samples.size(); ++b) values.push_back(table(samples[a], samples[b]));
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double mean_within(const PairTable& kernel, const Samples& x) {
  double sum = 0;
  for (std::size_t a = 0; a < x.size(); ++a)
    for (std::size_t b = a + 1; b < x.size(); ++b) sum += kernel(x[a], x[b]);
  const auto n = static_cast<double>(x.size());
  return sum / (n * (n - 1) / 2);
}

double mean_between(const PairTable& kernel, const Samples& x, const Samples& y) {
  double sum = 0;
  for (const std::size_t a : x)
    for (const std::size_t b : y) sum += kernel(a, b);
  return sum / static_cast<double>(x.size() * y.size());
}

Samples part(const Samples& all, std::size_t block, std::size_t n) {
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(n * block);
  return Samples(begin, begin + static_cast<std::ptrdiff_t>(block));
}

}  // namespace

PairTable cubic_kernel(const PairTable& inner_products, std::size_t dims) {
  return mapped(inner_products, [&](double xy) { return std::pow(xy / static_cast<double>(dims) + 1, 3); });
}

PairTable rbf_mixture_kernel(const PairTable& squared_distances, const Samples& reference) {
  assert(reference.size() >= 2);
  const double median = median_of_pairs(squared_distances, reference);
  if (!(median > 0)) fail(ExitCode::input, "most of the reference volumes are alike: no scale to compare others on");
  return mapped(squared_distances, [&](double d2) {
    double sum = 0;
    for (const double s : kBandwidths) sum += std::exp(-d2 / (2 * s * s * median));
    return sum / std::size(kBandwidths);
  });
}

double unbiased_mmd2(const PairTable& kernel, const Samples& x, const Samples& y) {
  assert(x.size() >= 2 && y.size() >= 2);
  return mean_within(kernel, x) + mean_within(kernel, y) - 2 * mean_between(kernel, x, y);
}

BlockedMmd blocked_mmd2(const PairTable& kernel, const Samples& x, const Samples& y, std::size_t block) {
  BlockedMmd found;
  found.blocks = std::min(x.size(), y.size()) / block;
  assert(found.blocks >= 2);
  std::vector<double> values;
  for (std::size_t n = 0; n < found.blocks; ++n)
    values.push_back(unbiased_mmd2(kernel, part(x, block, n), part(y, block, n)));
  const auto count = static_cast<double>(found.blocks);
  for (const double v : values) found.mean += v / count;
  for (const double v : values) found.sd += (v - found.mean) * (v - found.mean) / (count - 1);
  found.sd = std::sqrt(found.sd);
  return found;
}

}  // namespace voxprior
