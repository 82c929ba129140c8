#pragma once

#include <string>

#include "pipeline/reconstruction/problem.h"

namespace voxprior {

/// What is reconstructed, which decides the defaults.
enum class ProblemKind { mri, ct, superres, inpaint };

/// Where to start for one kind of problem. tv, wavelet and pnp-hqs for MRI, tv and pnp-admm for CT are tuned on real
/// volumes, by bench/recon_quality; the others are values of the papers or, where they have none, guesses. Members that
/// the method does not read are 0. `method` is a name of registry.h.
MethodOptions default_options(const std::string& method, ProblemKind kind);

}  // namespace voxprior
