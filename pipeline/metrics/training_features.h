#pragma once

#include <cstddef>
#include <vector>

#include "pipeline/metrics/features/image.h"

namespace voxprior {

/// Features by which copies are looked for: kCopyFeatures numbers, those of three random networks one after the other.
constexpr std::size_t kCopyFeatures = 912;
std::vector<double> copy_features(const Image& image);

/// The training volume at the least feature distance.
struct FeatureNeighbour {
  std::size_t index = 0;
  double distance = 0;  ///< Euclidean, in root mean square distances of training volumes from their mean
};

/// What is known of training volumes by their features alone, without a voxel: enough to look for copies of whole
/// volumes, and fit to be passed on with a model.
class TrainingFeatures {
 public:
  /// copy_features() of each volume. Needs two volumes or more, of as many features, that are not all alike:
  /// Error(ExitCode::input).
  explicit TrainingFeatures(std::vector<std::vector<double>> volumes);

  /// Safe from several threads. `features` has as many numbers as those of the training volumes.
  FeatureNeighbour nearest(const std::vector<double>& features) const;

  const std::vector<std::vector<double>>& volumes() const { return volumes_; }

 private:
  double distance(const std::vector<double>& features, std::size_t index) const;

  std::vector<std::vector<double>> volumes_;
  double variance_ = 0;  // over the training set, of all features together
};

}  // namespace voxprior
