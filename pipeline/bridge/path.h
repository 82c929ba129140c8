#pragma once

#include <vector>

namespace voxprior {

/// The shares of the noisy scan at which a sampler stops over: 1, 1 - 1/steps, 1 - 2/steps, ... to 1 - strength, which
/// cuts the last step short where it lies between two of them. With strength 1 that is all the way to 0 in `steps`
/// steps; with 0 the path is its start, {1}.
///
/// Stopping early is a dose: an exact prediction leaves x = y + strength (x0 - y), with 1 - strength of the noise,
/// whatever the sampler and the number of steps. steps >= 1, strength in 0..1, else throws Error(ExitCode::usage).
std::vector<double> bridge_path(int steps, double strength = 1);

/// A wrong call of a sampler: throws c10::Error unless `path` starts at 1 and falls strictly to 0 or above.
void check_path(const std::vector<double>& path);

}  // namespace voxprior
