#pragma once

#include <utility>

#include "pipeline/metrics/features/image.h"

namespace voxprior {

/// The distribution of the foreground's intensities (above kForeground), names as in the Image Biomarker
/// Standardisation Initiative (Zwanenburg et al., Radiology 2020; 295:328-338).
struct FirstOrder {
  double volume_fraction = 0;  ///< foreground voxels of all
  double mean = 0, standard_deviation = 0, skewness = 0, excess_kurtosis = 0;
  double percentile_10 = 0, median = 0, percentile_90 = 0;
  double energy = 0;         ///< mean square
  double mean_gradient = 0;  ///< mean length of central differences, per voxel
};

FirstOrder first_order(const Image& image);

constexpr int kGreyLevels = 32;
constexpr double kGreyTop = 1.28;  ///< normalised intensity: levels are 0.04 wide, the last one is open

/// What a grey-level co-occurrence matrix says. Levels count from 0; p is symmetric and sums to 1.
struct Cooccurrence {
  double contrast = 0;                   ///< sum (a - b)^2 p
  double correlation = 0;                ///< 1 where one level is all there is
  double joint_energy = 0;               ///< sum p^2
  double joint_entropy_bits = 0;         ///< -sum p log2 p
  double inverse_difference_moment = 0;  ///< sum p / (1 + (a - b)^2)
};

/// One matrix for the 13 directions of 3D at a distance of `distance` voxels along each axis, from pairs of which both
/// are foreground ("3D merged"). All zero where there is no pair.
Cooccurrence cooccurrence(const Image& image, int distance);

/// All of the above, co-occurrence at distances 1 and 2, as one row of features.
std::vector<double> radiomic_features(const Image& image);

}  // namespace voxprior
