#pragma once

#include <torch/types.h>

#include "pipeline/core/linear_operator.h"

namespace voxprior {

/// The largest singular value of A by power iteration on A^H A, from a fixed random start: a lower bound that rises to
/// |A| with the iterations, like (s2/s1)^(2 * iterations) in the ratio of the two largest singular values.
/// Gradient steps on |A x - y|^2 / 2 converge for step sizes below 2 / |A|^2.
/// `options` is the data type (real or complex) and device of the domain.
double operator_norm(const LinearOperator& a, int iterations, const torch::TensorOptions& options);

}  // namespace voxprior
