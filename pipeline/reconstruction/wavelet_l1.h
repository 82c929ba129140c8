#pragma once

#include <torch/types.h>

#include <array>
#include <cstdint>

#include "pipeline/reconstruction/reconstruct.h"

namespace voxprior {

/// Soft thresholding of the detail coefficients of `levels` levels of the orthonormal 3D Haar transform: the proximal
/// step of threshold |W u|_1. Real and imaginary part are one coefficient: w -> w max(0, 1 - threshold / |w|). The
/// means of the blocks of 2^levels voxels are kept. u [D,H,W] of any size; axes are continued by reflection to
/// multiples of 2^levels, with `shift` (each 0 .. 2^levels - 1) voxels of them before the first.
torch::Tensor soft_threshold_haar(const torch::Tensor& u, double threshold, int levels,
                                  const std::array<std::int64_t, 3>& shift = {0, 0, 0});

/// argmin_u |A u - y|^2 / 2 + lambda |W u|_1 by FISTA (fista.h) with step 1, W the detail coefficients of the Haar
/// transform on a grid that is shifted at random each iteration: the average over shifts has no blocks (cycle spinning:
/// Coifman and Donoho 1995; random shifts inside the iteration: Figueiredo and Nowak, IEEE Trans Image Processing
/// 12:906-916, 2003). For a fixed grid it is convex and converges; the shifts keep it moving by about lambda around
/// that, so no objective is reported. Lustig et al., Sparse MRI, Magnetic Resonance in Medicine 58:1182-1195, 2007.
///
/// Reads iterations, tolerance, lambda, levels, seed (of the shifts).
torch::Tensor reconstruct_wavelet_l1(const NormalisedProblem& problem, const MethodOptions& options,
                                     IterationMonitor& monitor);

}  // namespace voxprior
