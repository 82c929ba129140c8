#pragma once

#include "pipeline/metrics/aligned_correlation.h"
#include "pipeline/metrics/training_features.h"

namespace voxprior {

/// What of a volume is compared when copies are looked for. Independent of other volumes: make them in parallel.
struct CopyFingerprint {
  CorrelationImage voxels;
  std::vector<double> features;  ///< copy_features()
};

CopyFingerprint copy_fingerprint(const Image& image);

/// A sample as it is, and in a mirror: a generator trained on mirrored volumes can copy one of them.
struct SampleFingerprint {
  CopyFingerprint upright, mirrored;
};

/// `mirror_axis`: the index axis (0 to 2) that runs nearest to left-right.
SampleFingerprint sample_fingerprint(const Image& image, int mirror_axis);

/// The training volume that a sample is nearest to, by two measures.
struct NearestTraining {
  std::size_t by_correlation = 0;  ///< index of the training volume of largest aligned correlation
  AlignedCorrelation alignment;    ///< of that volume, moved onto the sample
  bool mirrored = false;           ///< the sample was mirrored to find it
  std::size_t by_features = 0;     ///< index of the training volume at the least feature distance
  double feature_distance = 0;     ///< Euclidean, in root mean square distances of training volumes from their mean

  double correlation_distance() const { return 1 - alignment.correlation; }
};

/// Finds the training volumes that samples are nearest to. A pure function of the volumes.
class TrainingVolumes {
 public:
  /// Needs two volumes or more that are not all alike, Error(ExitCode::input).
  explicit TrainingVolumes(std::vector<CopyFingerprint> volumes);
  NearestTraining nearest(const SampleFingerprint& sample) const;  ///< safe from several threads
  std::size_t count() const { return voxels_.size(); }
  const TrainingFeatures& features() const { return features_; }

 private:
  std::vector<CorrelationImage> voxels_;
  TrainingFeatures features_;
};

/// Whether samples lie nearer to the training set than volumes that the generator has never seen.
struct MemorisationTest {
  double p_value = 1;            ///< one-sided Mann-Whitney: samples as near as this, if they were like held-out ones
  double limit = 0;              ///< the 1 % quantile of the held-out distances; the least of fewer than 200
  std::size_t closer = 0;        ///< samples nearer than `limit`
  double expected_closer = 0;    ///< how many would be, on average, if samples were like held-out volumes
  double p_closer = 1;           ///< the probability of as many or more
  std::vector<double> sample_p;  ///< of each sample: (1 + held-out volumes as near or nearer) / (1 + held-out volumes)
};

constexpr std::size_t kFewestHeldOut = 10;

/// Both lists hold the distance of each volume to its nearest training volume, by one measure. Throws
/// Error(ExitCode::input) for fewer than kFewestHeldOut held-out volumes or no sample.
/// The comparison of nearest-training distances follows Akbar et al., Beware of diffusion models for synthesizing
/// medical images, arXiv 2305.07644; the tests are our choice.
MemorisationTest memorisation_test(const std::vector<double>& sample_distances,
                                   const std::vector<double>& held_out_distances);

/// Below this feature distance to its nearest training volume a sample deserves a warning, as soon as it is made: the 1
/// % quantile of what held-out volumes show, as in memorisation_test. Of independent samples about 1 in (held-out + 1)
/// is nearer when there are fewer than 200 held-out volumes. Refuses fewer than kFewestHeldOut.
double copy_limit(const std::vector<NearestTraining>& held_out);

}  // namespace voxprior
