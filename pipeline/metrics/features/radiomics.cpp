#include "pipeline/metrics/features/radiomics.h"

#include <algorithm>
#include <cmath>

#include "pipeline/intensity/percentile.h"

namespace voxprior {
namespace {

/// One of each pair of opposite directions to the 26 neighbours.
constexpr int kDirections[13][3] = {{1, 0, 0}, {0, 1, 0},  {0, 0, 1}, {1, 1, 0},  {1, -1, 0}, {1, 0, 1},  {1, 0, -1},
                                    {0, 1, 1}, {0, 1, -1}, {1, 1, 1}, {1, 1, -1}, {1, -1, 1}, {1, -1, -1}};

constexpr std::int8_t kBackground = -1;

std::vector<std::int8_t> grey_levels(const Image& image) {
  std::vector<std::int8_t> levels;
  levels.reserve(image.voxels.size());
  for (const float v : image.voxels) {
    const double level = std::min(v * (kGreyLevels / kGreyTop), kGreyLevels - 1.0);
    levels.push_back(v > kForeground ? static_cast<std::int8_t>(level) : kBackground);
  }
  return levels;
}

using Counts = std::vector<std::int64_t>;  // kGreyLevels x kGreyLevels

void count_pairs(const Image& image, const std::vector<std::int8_t>& levels, const std::array<std::int64_t, 3>& step,
                 Counts& counts) {
  std::array<std::int64_t, 3> begin, end;
  for (int a = 0; a < 3; ++a) {
    begin[a] = std::max<std::int64_t>(0, -step[a]);
    end[a] = image.size[a] - std::max<std::int64_t>(0, step[a]);
  }
  const std::int64_t jump = (step[2] * image.size[1] + step[1]) * image.size[0] + step[0];
  for (std::int64_t k = begin[2]; k < end[2]; ++k)
    for (std::int64_t j = begin[1]; j < end[1]; ++j)
      for (std::int64_t n = image.at(begin[0], j, k); n < image.at(end[0], j, k); ++n)
        if (levels[n] != kBackground && levels[n + jump] != kBackground)
          ++counts[levels[n] * kGreyLevels + levels[n + jump]];
}

/// The symmetric matrix of probabilities; empty where nothing was counted.
std::vector<double> probabilities(const Counts& counts) {
  double sum = 0;
  for (const std::int64_t c : counts) sum += 2.0 * static_cast<double>(c);
  if (sum == 0) return {};
  std::vector<double> p(counts.size());
  for (int a = 0; a < kGreyLevels; ++a)
    for (int b = 0; b < kGreyLevels; ++b)
      p[a * kGreyLevels + b] = static_cast<double>(counts[a * kGreyLevels + b] + counts[b * kGreyLevels + a]) / sum;
  return p;
}

Cooccurrence statistics_of(const std::vector<double>& p) {
  Cooccurrence found;
  double mean = 0, square = 0, product = 0;
  for (int a = 0; a < kGreyLevels; ++a)
    for (int b = 0; b < kGreyLevels; ++b) {
      const double q = p[a * kGreyLevels + b], difference2 = (a - b) * (a - b);
      if (q == 0) continue;
      found.contrast += difference2 * q;
      found.joint_energy += q * q;
      found.joint_entropy_bits -= q * std::log2(q);
      found.inverse_difference_moment += q / (1 + difference2);
      mean += a * q;
      square += a * a * q;
      product += a * b * q;
    }
  const double variance = square - mean * mean;
  found.correlation = variance > 1e-12 ? (product - mean * mean) / variance : 1;
  return found;
}

double mean_gradient(const Image& image) {
  double sum = 0;
  std::int64_t count = 0;
  const std::int64_t ni = image.size[0], plane = ni * image.size[1];
  for (std::int64_t k = 1; k + 1 < image.size[2]; ++k)
    for (std::int64_t j = 1; j + 1 < image.size[1]; ++j)
      for (std::int64_t i = 1; i + 1 < ni; ++i) {
        const float* v = image.voxels.data() + image.at(i, j, k);
        if (!(*v > kForeground)) continue;
        const float di = v[1] - v[-1], dj = v[ni] - v[-ni], dk = v[plane] - v[-plane];
        sum += std::sqrt(di * di + dj * dj + dk * dk) / 2;
        ++count;
      }
  return count > 0 ? sum / static_cast<double>(count) : 0;
}

}  // namespace

FirstOrder first_order(const Image& image) {
  FirstOrder found;
  std::vector<float> values;
  std::copy_if(image.voxels.begin(), image.voxels.end(), std::back_inserter(values),
               [](float v) { return v > kForeground; });
  if (values.empty()) return found;
  const auto n = static_cast<double>(values.size());
  found.volume_fraction = n / static_cast<double>(image.voxels.size());
  for (const float v : values) found.mean += v / n;
  double second = 0, third = 0, fourth = 0;
  for (const float v : values) {
    const double d = v - found.mean, d2 = d * d;
    second += d2 / n;
    third += d2 * d / n;
    fourth += d2 * d2 / n;
  }
  found.standard_deviation = std::sqrt(second);
  if (second > 1e-12) {
    found.skewness = third / std::pow(second, 1.5);
    found.excess_kurtosis = fourth / (second * second) - 3;
  }
  found.percentile_10 = percentile(values.data(), values.size(), 10);
  found.median = percentile(values.data(), values.size(), 50);
  found.percentile_90 = percentile(values.data(), values.size(), 90);
  found.energy = second + found.mean * found.mean;
  found.mean_gradient = mean_gradient(image);
  return found;
}

Cooccurrence cooccurrence(const Image& image, int distance) {
  const std::vector<std::int8_t> levels = grey_levels(image);
  Counts counts(kGreyLevels * kGreyLevels);
  for (const auto& d : kDirections)
    count_pairs(image, levels, {d[0] * distance, d[1] * distance, d[2] * distance}, counts);
  const std::vector<double> p = probabilities(counts);
  return p.empty() ? Cooccurrence{} : statistics_of(p);
}

std::vector<double> radiomic_features(const Image& image) {
  const FirstOrder f = first_order(image);
  std::vector<double> features{f.volume_fraction, f.mean,   f.standard_deviation, f.skewness, f.excess_kurtosis,
                               f.percentile_10,   f.median, f.percentile_90,      f.energy,   f.mean_gradient};
  for (const int distance : {1, 2}) {
    const Cooccurrence c = cooccurrence(image, distance);
    features.insert(features.end(),
                    {c.contrast, c.correlation, c.joint_energy, c.joint_entropy_bits, c.inverse_difference_moment});
  }
  return features;
}

}  // namespace voxprior
