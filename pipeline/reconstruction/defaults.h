#pragma once

#include <string>

#include "pipeline/reconstruction/problem.h"

namespace voxprior {

/// What is reconstructed, which decides the defaults.
enum class ProblemKind { mri, ct, superres, inpaint };

/// Where to start for one kind of problem: values of the papers or, where they have none, guesses. They have not been
/// tuned on real volumes. Members that the method does not read are 0. `method` is a name of registry.h.
MethodOptions default_options(const std::string& method, ProblemKind kind);

}  // namespace voxprior
