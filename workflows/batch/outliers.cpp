#include "workflows/batch/outliers.h"

#include <algorithm>
#include <cmath>

namespace voxprior {
namespace {

constexpr std::size_t kFewest = 5;
constexpr double kNormal = 1.4826;  // standard deviation over median absolute deviation of a normal distribution

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

}  // namespace

std::vector<double> robust_scores(const std::vector<std::optional<double>>& values, double least_spread) {
  std::vector<double> scores(values.size(), 0);
  std::vector<double> known;
  for (const auto& value : values) {
    if (value) known.push_back(*value);
  }
  if (known.size() < kFewest) return scores;
  const double middle = median(known);
  for (double& value : known) value = std::abs(value - middle);
  const double spread = std::max(kNormal * median(known), least_spread);
  for (std::size_t n = 0; n < values.size(); ++n) {
    if (values[n]) scores[n] = std::abs(*values[n] - middle) / spread;
  }
  return scores;
}

}  // namespace voxprior
