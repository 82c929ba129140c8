#pragma once

#include <functional>

namespace voxprior {

/// Told the share of the work that is done, 0 to 1, from the thread that does it. May throw to interrupt.
using Progress = std::function<void(double fraction)>;

}  // namespace voxprior
