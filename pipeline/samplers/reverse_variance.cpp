#include "pipeline/samplers/reverse_variance.h"

#include <c10/util/Exception.h>

#include <algorithm>

namespace voxprior {

double fixed_small_variance(double from, double to) {
  const double ratio = to / from;
  return to * to * (1 - ratio * ratio);
}

double fixed_large_variance(double from, double to) {
  return (1 + to * to) * (from * from - to * to) / (1 + from * from);
}

ReverseVariance analytic_variance(std::vector<double> levels, std::vector<double> mse) {
  TORCH_CHECK(levels.size() == mse.size(), levels.size(), " noise levels with ", mse.size(), " errors");
  return [levels = std::move(levels), mse = std::move(mse)](double from, double to) {
    const auto level = std::find(levels.begin(), levels.end(), from);
    TORCH_CHECK(level != levels.end(), "the error of the denoiser was not measured at sigma ", from);
    const double data_weight = 1 - (to / from) * (to / from);
    return fixed_small_variance(from, to) +
           data_weight * data_weight * mse[static_cast<std::size_t>(level - levels.begin())];
  };
}

}  // namespace voxprior
