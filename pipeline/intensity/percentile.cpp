#include "pipeline/intensity/percentile.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace voxprior {

double percentile(const float* values, std::size_t n, double percent) {
  std::vector<float> copy(values, values + n);
  const double position = percent / 100 * static_cast<double>(n - 1);
  const auto at = copy.begin() + static_cast<std::ptrdiff_t>(position);
  std::nth_element(copy.begin(), at, copy.end());
  const double fraction = position - std::floor(position);
  if (fraction == 0) return *at;
  return *at + fraction * (static_cast<double>(*std::min_element(at + 1, copy.end())) - *at);
}

}  // namespace voxprior
