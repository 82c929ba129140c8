#include "pipeline/samplers/steps.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>
#include <functional>

namespace voxprior {
namespace {

constexpr double kLargestGrowth = 2 * (1 + 1e-9);  // of a step over the one before; 2 itself whatever the rounding

}  // namespace

void check_falling(const std::vector<double>& sigmas) {
  TORCH_CHECK(sigmas.size() >= 2 && sigmas.back() >= 0, "a sampler needs two or more noise levels from 0 up");
  // A NaN passes is_sorted: every comparison with it is false.
  TORCH_CHECK(std::all_of(sigmas.begin(), sigmas.end(), [](double s) { return std::isfinite(s); }),
              "noise levels must be finite");
  TORCH_CHECK(std::is_sorted(sigmas.rbegin(), sigmas.rend(), std::less_equal<>()), "noise levels must fall strictly");
}

std::size_t usable_history(const std::vector<double>& sigmas, std::size_t i, std::size_t order) {
  const auto length = [&](std::size_t step) { return std::log(sigmas[step] / sigmas[step + 1]); };
  std::size_t count = 1;
  while (count < order && count <= i && length(i - count + 1) <= kLargestGrowth * length(i - count)) ++count;
  return count;
}

}  // namespace voxprior
