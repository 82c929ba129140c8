#pragma once

#include "pipeline/metrics/features/image.h"

namespace voxprior {

constexpr int kWaveletLevels = 3;

/// Two numbers for each of the seven detail bands of three levels of the orthonormal Haar transform: log10 of the root
/// mean square (strength of detail), and log10 of root mean square over mean absolute value (how sparse it is; 0.098
/// for normal coefficients). Sides shorter than two voxels end the levels: the missing numbers are those of silence,
/// as for bands that are 0: -6 and 0.
std::vector<double> wavelet_statistics(const Image& image);

}  // namespace voxprior
