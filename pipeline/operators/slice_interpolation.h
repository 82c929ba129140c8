#pragma once

#include <torch/types.h>

#include "pipeline/operators/separable.h"

namespace voxprior {

/// Thin slices interpolated between thick ones, [thin_count,thick_count]: cubic convolution through the values of the
/// thick slices at their centres, the first and last of them repeated beyond the ends. What super-resolution has to
/// beat, and where it starts. Reproduces constants everywhere and straight lines two slices off the ends.
///
/// Keys, Cubic convolution interpolation for digital image processing. IEEE Transactions on Acoustics, Speech, and
/// Signal Processing 29:1153-1160, 1981.
torch::Tensor slice_interpolation_matrix(const ThickSlices& slices);

}  // namespace voxprior
