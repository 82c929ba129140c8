#include "pipeline/noise/residual_structure.h"

#include <algorithm>
#include <cmath>

#include "pipeline/intensity/percentile.h"
#include "pipeline/noise/rician.h"

namespace voxprior {
namespace {

constexpr double kLeastVoxels = 1000;
constexpr double kObjectFrom = 0.25;  // of the range: all tissue, and no air

/// Sums over three neighbours along each axis in turn; the ends of an axis are left as they are.
void sum_neighbours(std::vector<float>& values, const std::array<std::int64_t, 3>& size) {
  std::int64_t stride = 1;
  std::vector<float> line;
  for (const std::int64_t length : size) {
    const std::int64_t lines = static_cast<std::int64_t>(values.size()) / length;
    line.resize(static_cast<std::size_t>(length));
    for (std::int64_t n = 0; n < lines; ++n) {
      float* const start = values.data() + n / stride * stride * length + n % stride;
      for (std::int64_t i = 0; i < length; ++i) line[static_cast<std::size_t>(i)] = start[i * stride];
      for (std::int64_t i = 1; i + 1 < length; ++i) {
        const auto at = static_cast<std::size_t>(i);
        start[i * stride] = line[at - 1] + line[at] + line[at + 1];
      }
    }
    stride *= length;
  }
}

}  // namespace

double residual_structure(const std::vector<float>& noisy, const std::vector<float>& result,
                          const std::vector<float>& sigma, bool magnitude, const std::array<std::int64_t, 3>& size) {
  const double low = percentile(result.data(), result.size(), 0.5);
  const double high = percentile(result.data(), result.size(), 99.5);
  const auto threshold = static_cast<float>(low + kObjectFrom * (high - low));
  const RicianVarianceOfMean variance_of_mean;
  const auto in_object = [&](std::size_t at) { return result[at] > threshold && noisy[at] != 0; };
  std::vector<float> standard(noisy.size(), 0), inside(noisy.size(), 0);
  for (std::size_t at = 0; at < noisy.size(); ++at) {
    double s = sigma.size() == 1 ? sigma[0] : sigma[at];
    if (!in_object(at) || !(s > 0)) continue;
    inside[at] = 1;
    if (magnitude) s *= std::sqrt(variance_of_mean(std::hypot(result[at] / s, 1)));
    standard[at] = static_cast<float>((static_cast<double>(noisy[at]) - result[at]) / s);
  }
  sum_neighbours(standard, size);
  sum_neighbours(inside, size);

  const std::array<std::int64_t, 3> steps{1, size[0], size[0] * size[1]};
  double count = 0, sum_a = 0, sum_b = 0, sum_aa = 0, sum_bb = 0, sum_ab = 0;
  for (std::int64_t k = 1; k + 1 < size[2]; ++k)
    for (std::int64_t j = 1; j + 1 < size[1]; ++j)
      for (std::int64_t i = 1; i + 1 < size[0]; ++i) {
        const auto at = static_cast<std::size_t>((k * size[1] + j) * size[0] + i);
        if (!in_object(at)) continue;
        double squares = 0;
        for (const std::int64_t step : steps) {
          const auto shift = static_cast<std::size_t>(step);
          const double difference = static_cast<double>(result[at + shift]) - result[at - shift];
          squares += difference * difference;
        }
        const double a = std::abs(static_cast<double>(standard[at])) / std::sqrt(static_cast<double>(inside[at])),
                     b = std::sqrt(squares);
        ++count;
        sum_a += a, sum_b += b, sum_aa += a * a, sum_bb += b * b, sum_ab += a * b;
      }
  if (count < kLeastVoxels) return 0;
  const double spread_a = sum_aa / count - std::pow(sum_a / count, 2);
  const double spread_b = sum_bb / count - std::pow(sum_b / count, 2);
  if (spread_a <= 0 || spread_b <= 0) return 0;
  return (sum_ab / count - sum_a / count * sum_b / count) / std::sqrt(spread_a * spread_b);
}

}  // namespace voxprior
