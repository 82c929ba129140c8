#pragma once

#include "workflows/node/config.h"
#include "workflows/node/counters.h"
#include "workflows/node/deliveries.h"

namespace voxprior {

/// Sends one result to one destination and notes in the queue what came of it; for a process of its own. Whatever was
/// stored before is sent again: the instances have the same UIDs, so the archive has each once.
void deliver(const Delivery& delivery, const NodeConfig& config, NodeCounters& counters);

/// When to try a delivery again that failed `attempts` times, in seconds since 1970.
double next_attempt_s(std::int64_t attempts, const NodeConfig& config);

}  // namespace voxprior
