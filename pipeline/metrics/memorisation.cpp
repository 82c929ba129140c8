#include "pipeline/metrics/memorisation.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "pipeline/metrics/sets/rank_tests.h"

namespace voxprior {
namespace {

/// In order, smallest first; refused when they are too few to be compared with.
std::vector<double> sorted_held_out(std::vector<double> distances) {
  if (distances.size() < kFewestHeldOut) {
    fail(ExitCode::input, "looking for copies needs at least ", kFewestHeldOut, " held-out volumes, and there are ",
         distances.size());
  }
  std::sort(distances.begin(), distances.end());
  return distances;
}

std::vector<std::vector<double>> features_of(const std::vector<CopyFingerprint>& volumes) {
  std::vector<std::vector<double>> features;
  for (const CopyFingerprint& volume : volumes) features.push_back(volume.features);
  return features;
}

/// Which of n held-out distances in order is their 1 % quantile, counted from 1.
std::size_t limit_rank(std::size_t n) { return std::max<std::size_t>(1, n / 100); }

}  // namespace

CopyFingerprint copy_fingerprint(const Image& image) { return {CorrelationImage(image), copy_features(image)}; }

SampleFingerprint sample_fingerprint(const Image& image, int mirror_axis) {
  return {copy_fingerprint(image), copy_fingerprint(mirrored(image, mirror_axis))};
}

TrainingVolumes::TrainingVolumes(std::vector<CopyFingerprint> volumes) : features_(features_of(volumes)) {
  for (CopyFingerprint& volume : volumes) voxels_.push_back(std::move(volume.voxels));
}

NearestTraining TrainingVolumes::nearest(const SampleFingerprint& sample) const {
  NearestTraining found;
  found.alignment.correlation = -1;
  found.feature_distance = std::numeric_limits<double>::infinity();
  for (const bool is_mirrored : {false, true}) {
    const CopyFingerprint& view = is_mirrored ? sample.mirrored : sample.upright;
    for (std::size_t t = 0; t < count(); ++t) {
      const AlignedCorrelation alignment = view.voxels.with(voxels_[t]);
      if (alignment.correlation <= found.alignment.correlation) continue;
      found.by_correlation = t;
      found.alignment = alignment;
      found.mirrored = is_mirrored;
    }
    const FeatureNeighbour neighbour = features_.nearest(view.features);
    if (neighbour.distance < found.feature_distance) {
      found.by_features = neighbour.index;
      found.feature_distance = neighbour.distance;
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

double copy_limit(const std::vector<NearestTraining>& held_out) {
  std::vector<double> distances;
  for (const NearestTraining& n : held_out) distances.push_back(n.feature_distance);
  return sorted_held_out(distances)[limit_rank(held_out.size()) - 1];
}

}  // namespace voxprior
