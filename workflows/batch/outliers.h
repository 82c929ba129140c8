#pragma once

#include <optional>
#include <vector>

namespace voxprior {

/// How far each value lies from the middle of all: |x - median| / (1.4826 * median absolute deviation), which is in
/// standard deviations for normal values and is not moved by the outliers themselves (Iglewicz and Hoaglin 1993).
/// `least_spread` is taken where the values differ less than that. 0 for what is missing, and for all when there are
/// fewer than five.
std::vector<double> robust_scores(const std::vector<std::optional<double>>& values, double least_spread);

/// From here on a value is told as an outlier.
constexpr double kOutlierScore = 3.5;

}  // namespace voxprior
