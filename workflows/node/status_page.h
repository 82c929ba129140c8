#pragma once

#include <string>

#include "workflows/node/config.h"
#include "workflows/node/counters.h"

namespace voxprior {

/// What /metrics says, in the text format of Prometheus.
std::string metrics_text(const NodeConfig& config, const NodeCounters& counters);

/// What /health says: JSON with what is wrong; `well` when nothing is.
std::string health_text(const NodeConfig& config, const NodeCounters& counters, bool& well);

/// Serves both by HTTP on 127.0.0.1, to whoever is on this machine, until the process ends. Throws
/// Error(ExitCode::resources) when the port is taken.
void serve_status(const NodeConfig& config, const NodeCounters& counters);

}  // namespace voxprior
