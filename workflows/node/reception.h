#pragma once

#include <functional>

#include "io/dicom/network/listener.h"
#include "workflows/node/config.h"
#include "workflows/node/counters.h"

namespace voxprior {

/// The process that listens: takes associations until told to stop, then lets those under way end for up to `grace_s`.
void receive_images(Listener& listener, const NodeConfig& config, NodeCounters& counters,
                    const std::function<bool()>& keep_going, int grace_s);

/// Milliseconds since 1970.
std::int64_t now_ms();

}  // namespace voxprior
