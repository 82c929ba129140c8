#pragma once

#include "pipeline/metrics/features/image.h"

namespace voxprior {

constexpr int kHistogramBins = 128;
constexpr double kHistogramTop = 1.6;  ///< normalised intensity; what is brighter counts into the last bin

/// The cumulative distribution of the foreground's intensities (above kForeground): the share of foreground voxels
/// below the upper edge of each bin. All ones for a volume without foreground.
std::vector<double> intensity_distribution(const Image& image);

/// The 1-Wasserstein distance of two cumulative distributions, in normalised intensity: how far intensity must be
/// moved, on average, to turn one into the other.
double wasserstein_distance(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace voxprior
