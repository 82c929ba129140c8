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

/// Whether a snapshot is due after `step` of the steps: the first step at or beyond 1/n, 2/n, ... of them has one, so
/// that there are n, the last of them after the last step, or as many as there are steps.
inline bool is_snapshot(std::int64_t step, std::int64_t steps, std::int64_t snapshots) {
  return step * snapshots / steps > (step - 1) * snapshots / steps;
}

}  // namespace voxprior
