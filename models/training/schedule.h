#pragma once

#include <algorithm>
#include <cstdint>

namespace voxprior {

/// Trapezoidal learning rate: linear warm-up, constant, linear cool-down to zero over the last `cooldown` share of the
/// steps. Until the cool-down begins nothing depends on `steps`, so a run can be lengthened and resumed before it.
inline double learning_rate_at(std::int64_t step, std::int64_t steps, double peak, std::int64_t warmup,
                               double cooldown) {
  const double rise = warmup > 0 ? std::min(1.0, static_cast<double>(step + 1) / static_cast<double>(warmup)) : 1.0;
  const double cooldown_steps = cooldown * static_cast<double>(steps);
  const double fall = cooldown_steps > 0 ? std::min(1.0, static_cast<double>(steps - step) / cooldown_steps) : 1.0;
  return peak * std::min(rise, fall);
}

}  // namespace voxprior
