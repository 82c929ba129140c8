#pragma once

#include <cstddef>
#include <vector>

#include "pipeline/core/progress.h"

namespace voxprior {

/// A wrong call of a sampler: throws c10::Error unless `sigmas` holds two or more finite values that fall strictly and
/// end at 0 or above.
void check_falling(const std::vector<double>& sigmas);

/// How many of the last values of D, 1 to `order`, a multistep solver extrapolates over step i in ln sigma: those of
/// the past steps, each while the step after it is at most twice as long as its own. Extrapolation further than that is
/// worse than none: schedules whose last steps grow (cosine, linear) would be off by the distance of the data.
std::size_t usable_history(const std::vector<double>& sigmas, std::size_t i, std::size_t order);

/// Reports step `i` of sigmas.size() - 1, counted from 0, as done.
inline void report_step(const Progress& progress, std::size_t i, const std::vector<double>& sigmas) {
  if (progress) progress(static_cast<double>(i + 1) / static_cast<double>(sigmas.size() - 1));
}

}  // namespace voxprior
