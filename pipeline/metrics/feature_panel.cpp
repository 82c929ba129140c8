#include "pipeline/metrics/feature_panel.h"

#include "pipeline/metrics/features/intensity_histogram.h"
#include "pipeline/metrics/features/power_spectrum.h"
#include "pipeline/metrics/features/radiomics.h"
#include "pipeline/metrics/features/wavelet_statistics.h"

namespace voxprior {
namespace {

constexpr std::uint64_t kNetworkSeeds[] = {0, 1, 2};
constexpr std::int64_t kThumbnailSide = 24;
constexpr std::int64_t kSimilaritySide = 96;

}  // namespace

FeaturePanel::FeaturePanel() {
  for (const std::uint64_t seed : kNetworkSeeds) networks_.emplace_back(seed);
}

VolumeDescription FeaturePanel::describe(const Image& image) const {
  VolumeDescription found;
  found.radiomics = radiomic_features(image);
  found.power_spectrum = radial_power_spectrum(image);
  found.wavelet_bands = wavelet_statistics(image);
  found.intensities = intensity_distribution(image);
  for (const RandomNetwork& network : networks_) found.networks.push_back(network.features(image));
  const Image thumbnail = shrunk(image, kThumbnailSide);
  found.thumbnail.assign(thumbnail.voxels.begin(), thumbnail.voxels.end());
  found.similarity_copy = shrunk(image, kSimilaritySide);
  return found;
}

std::vector<std::string> FeaturePanel::network_sha256() const {
  std::vector<std::string> hashes;
  for (const RandomNetwork& network : networks_) hashes.push_back(network.weights_sha256());
  return hashes;
}

}  // namespace voxprior
