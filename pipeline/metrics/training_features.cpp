#include "pipeline/metrics/training_features.h"

#include <cmath>
#include <limits>

#include "base/error.h"
#include "pipeline/metrics/features/random_network.h"

namespace voxprior {
namespace {

constexpr std::uint64_t kNetworkSeeds[] = {0, 1, 2};

}  // namespace

std::vector<double> copy_features(const Image& image) {
  static const RandomNetwork networks[] = {RandomNetwork(kNetworkSeeds[0]), RandomNetwork(kNetworkSeeds[1]),
                                           RandomNetwork(kNetworkSeeds[2])};
  std::vector<double> all;
  for (const RandomNetwork& network : networks) {
    const std::vector<double> features = network.features(image);
    all.insert(all.end(), features.begin(), features.end());
  }
  return all;
}

TrainingFeatures::TrainingFeatures(std::vector<std::vector<double>> volumes) : volumes_(std::move(volumes)) {
  if (volumes_.size() < 2) fail(ExitCode::input, "looking for copies needs two training volumes or more");
  const auto n = static_cast<double>(volumes_.size());
  const std::size_t features = volumes_.front().size();
  for (const auto& volume : volumes_)
    if (volume.size() != features) fail(ExitCode::input, "training volumes with different numbers of features");
  for (std::size_t f = 0; f < features; ++f) {
    double mean = 0;
    for (const auto& volume : volumes_) mean += volume[f] / n;
    for (const auto& volume : volumes_) variance_ += std::pow(volume[f] - mean, 2) / n;
  }
  if (!(variance_ > 0)) fail(ExitCode::input, "the training volumes are all alike: no distance can be judged");
}

double TrainingFeatures::distance(const std::vector<double>& features, std::size_t index) const {
  double sum = 0;
  for (std::size_t f = 0; f < features.size(); ++f) sum += std::pow(features[f] - volumes_[index][f], 2);
  return std::sqrt(sum / variance_);
}

FeatureNeighbour TrainingFeatures::nearest(const std::vector<double>& features) const {
  FeatureNeighbour found{0, std::numeric_limits<double>::infinity()};
  for (std::size_t t = 0; t < volumes_.size(); ++t) {
    const double d = distance(features, t);
    if (d < found.distance) found = {t, d};
  }
  return found;
}

}  // namespace voxprior
