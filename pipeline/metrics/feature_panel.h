#pragma once

#include <string>

#include "pipeline/metrics/features/image.h"
#include "pipeline/metrics/features/random_network.h"

namespace voxprior {

/// What is kept of a volume to compare sets of volumes: features of several kinds, none of them learned, and two small
/// copies of the volume.
struct VolumeDescription {
  std::vector<double> radiomics;              ///< radiomic_features
  std::vector<double> power_spectrum;         ///< radial_power_spectrum
  std::vector<double> wavelet_bands;          ///< wavelet_statistics
  std::vector<double> intensities;            ///< intensity_distribution
  std::vector<std::vector<double>> networks;  ///< RandomNetwork::features, one network after the other
  std::vector<double> thumbnail;              ///< voxels, shrunk to at most 24 a side: for principal components
  Image similarity_copy;                      ///< shrunk to at most 96 a side: for MS-SSIM
};

/// Describes volumes. A single kind of feature can be blind to what is wrong with a set (field practice compares on
/// one), therefore a panel.
class FeaturePanel {
 public:
  FeaturePanel();
  VolumeDescription describe(const Image& image) const;  ///< on the calling thread; safe from several

  /// Of each random network's weights.
  std::vector<std::string> network_sha256() const;

 private:
  std::vector<RandomNetwork> networks_;
};

}  // namespace voxprior
