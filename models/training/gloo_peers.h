#pragma once

#include <memory>

#include "models/training/peers.h"
#include "models/training/team_place.h"

namespace voxprior {

/// Finds the other processes and connects to them through c10d with Gloo, which listens on the interface that leads to
/// rank 0. Throws Error(ExitCode::resumable) when they do not come in time, Error(ExitCode::usage) in a program that
/// was built without Gloo.
std::unique_ptr<Peers> find_peers(const TeamPlace& place);

}  // namespace voxprior
