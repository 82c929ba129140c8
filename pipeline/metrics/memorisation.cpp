#include "pipeline/metrics/memorisation.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "pipeline/metrics/sets/rank_tests.h"

namespace voxprior {
namespace {

constexpr std::uint64_t kNetworkSeeds[] = {0, 1, 2};

/// In order, smallest first; refused when they are too few to be compared with.
std::vector<double> sorted_held_out(std::vector<double> distances) {
  if (distances.size() < kFewestHeldOut) {
    fail(ExitCode::input, "looking for copies needs at least ", kFewestHeldOut, " held-out volumes, and there are ",
         distances.size());
  }
  std::sort(distances.begin(), distances.end());
  return distances;
}

/// Which of n held-out distances in order is their 1 % quantile, counted from 1.
std::size_t limit_rank(std::size_t n) { return std::max<std::size_t>(1, n / 100); }

}  // namespace

CopyFingerprint copy_fingerprint(const Image& image) {
  static const RandomNetwork networks[] = {RandomNetwork(kNetworkSeeds[0]), RandomNetwork(kNetworkSeeds[1]),
                                           RandomNetwork(kNetworkSeeds[2])};
  CopyFingerprint found{CorrelationImage(image), {}};
  for (const RandomNetwork& network : networks) {
    const std::vector<double> features = network.features(image);
    found.features.insert(found.features.end(), features.begin(), features.end());
  }
  return found;
}

SampleFingerprint sample_fingerprint(const Image& image, int mirror_axis) {
  return {copy_fingerprint(image), copy_fingerprint(mirrored(image, mirror_axis))};
}

TrainingVolumes::TrainingVolumes(std::vector<CopyFingerprint> volumes) {
  if (volumes.size() < 2) fail(ExitCode::input, "looking for copies needs two training volumes or more");
  const auto n = static_cast<double>(volumes.size());
  for (std::size_t f = 0; f < volumes.front().features.size(); ++f) {
    double mean = 0;
    for (const CopyFingerprint& v : volumes) mean += v.features[f] / n;
    for (const CopyFingerprint& v : volumes) feature_variance_ += std::pow(v.features[f] - mean, 2) / n;
  }
  if (!(feature_variance_ > 0)) fail(ExitCode::input, "the training volumes are all alike: no distance can be judged");
  volumes_ = std::move(volumes);
}

double TrainingVolumes::feature_distance(const std::vector<double>& features, std::size_t training) const {
  double sum = 0;
  for (std::size_t f = 0; f < features.size(); ++f) sum += std::pow(features[f] - volumes_[training].features[f], 2);
  return std::sqrt(sum / feature_variance_);
}

NearestTraining TrainingVolumes::nearest(const SampleFingerprint& sample) const {
  NearestTraining found;
  found.alignment.correlation = -1;
  found.feature_distance = std::numeric_limits<double>::infinity();
  for (std::size_t t = 0; t < count(); ++t)
    for (const bool is_mirrored : {false, true}) {
      const CopyFingerprint& view = is_mirrored ? sample.mirrored : sample.upright;
      const AlignedCorrelation alignment = view.voxels.with(volumes_[t].voxels);
      if (alignment.correlation > found.alignment.correlation) {
        found.by_correlation = t;
        found.alignment = alignment;
        found.mirrored = is_mirrored;
      }
      const double distance = feature_distance(view.features, t);
      if (distance < found.feature_distance) {
        found.by_features = t;
        found.feature_distance = distance;
      }
    }
  return found;
}

MemorisationTest memorisation_test(const std::vector<double>& sample_distances,
                                   const std::vector<double>& held_out_distances) {
  const std::size_t m = sample_distances.size(), n = held_out_distances.size();
  if (m == 0) fail(ExitCode::input, "looking for copies needs a sample");
  const std::vector<double> sorted = sorted_held_out(held_out_distances);
  const std::size_t rank = limit_rank(n);
  MemorisationTest test;
  test.p_value = mann_whitney_less(sample_distances, held_out_distances);
  test.limit = sorted[rank - 1];
  for (const double d : sample_distances) {
    if (d < test.limit) ++test.closer;
    const auto as_near = std::upper_bound(sorted.begin(), sorted.end(), d) - sorted.begin();
    test.sample_p.push_back(static_cast<double>(1 + as_near) / static_cast<double>(n + 1));
  }
  test.expected_closer = static_cast<double>(m * rank) / static_cast<double>(n + 1);
  test.p_closer = probability_of_as_many_below(test.closer, m, rank, n);
  return test;
}

CopyLimits copy_limits(const std::vector<NearestTraining>& held_out) {
  std::vector<double> correlation, features;
  for (const NearestTraining& n : held_out) {
    correlation.push_back(n.correlation_distance());
    features.push_back(n.feature_distance);
  }
  const std::size_t at = limit_rank(held_out.size()) - 1;
  return {sorted_held_out(correlation)[at], sorted_held_out(features)[at]};
}

bool nearer_than_held_out(const NearestTraining& sample, const CopyLimits& limits) {
  return sample.correlation_distance() < limits.correlation_distance ||
         sample.feature_distance < limits.feature_distance;
}

}  // namespace voxprior
