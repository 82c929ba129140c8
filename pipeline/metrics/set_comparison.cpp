#include "pipeline/metrics/set_comparison.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "pipeline/metrics/features/intensity_histogram.h"
#include "pipeline/metrics/features/power_spectrum.h"
#include "pipeline/metrics/ms_ssim.h"
#include "pipeline/metrics/pair_similarity.h"
#include "pipeline/metrics/set_study.h"
#include "pipeline/metrics/sets/frechet.h"
#include "pipeline/metrics/sets/kernel_distance.h"
#include "pipeline/metrics/sets/neighbour_metrics.h"
#include "pipeline/metrics/sets/principal_components.h"

namespace voxprior {
namespace {

constexpr std::size_t kMostComponents = 16;
constexpr std::size_t kVolumesPerComponent = 5;
constexpr std::size_t kKidBlocks = 5;

struct MetricKind {
  const char* name;
  Good good;
};
constexpr std::size_t kKinds = 7, kKid = 1;
constexpr std::array<MetricKind, kKinds> kMetricKinds{{{"Frechet distance", Good::low},
                                                       {"KID", Good::low},
                                                       {"RBF-MMD^2", Good::low},
                                                       {"precision", Good::high},
                                                       {"recall", Good::high},
                                                       {"density", Good::high},
                                                       {"coverage", Good::high}}};
using Values = std::array<double, kKinds>;

/// All seven numbers for `other` against `real`, in one table of features.
Values values_of(const FeatureTable& features, const Samples& real, const Samples& other) {
  const PairTable products = inner_products(features), distances = squared_distances(features);
  const NeighbourMetrics neighbours = neighbour_metrics(distances, real, other);
  return {frechet_distance(products, real, other),
          unbiased_mmd2(cubic_kernel(products, features.dims), real, other),
          unbiased_mmd2(rbf_mixture_kernel(distances, real), real, other),
          neighbours.precision,
          neighbours.recall,
          neighbours.density,
          neighbours.coverage};
}

/// The numbers that grow over the draws: one series for the synthetic side, one for the floor.
struct Series {
  std::string features, name;
  Good good;
  std::vector<double> synthetic, floor;
  double block_sd = 0;
};

class SeriesList {
 public:
  Series& at(const std::string& features, const MetricKind& kind) {
    for (Series& s : series_)
      if (s.features == features && s.name == kind.name) return s;
    series_.push_back({features, kind.name, kind.good, {}, {}});
    return series_.back();
  }
  void add(const std::string& features, const MetricKind& kind, double synthetic, double floor) {
    Series& s = at(features, kind);
    s.synthetic.push_back(synthetic);
    s.floor.push_back(floor);
  }
  /// `tables` hold the rows of a draw, A, B, C one after the other; metrics are averaged over the tables.
  void add_family(const std::string& features, const std::vector<FeatureTable>& tables, std::size_t half) {
    Values synthetic{}, floor{};
    for (const FeatureTable& table : tables) {
      const Values s = values_of(table, samples_between(0, half), samples_between(2 * half, 3 * half));
      const Values f = values_of(table, samples_between(0, half), samples_between(half, 2 * half));
      for (std::size_t k = 0; k < kKinds; ++k) {
        synthetic[k] += s[k] / static_cast<double>(tables.size());
        floor[k] += f[k] / static_cast<double>(tables.size());
      }
    }
    for (std::size_t k = 0; k < kKinds; ++k) add(features, kMetricKinds[k], synthetic[k], floor[k]);
  }
  std::vector<SetMetric> estimates() const {
    std::vector<SetMetric> metrics;
    for (const Series& s : series_)
      metrics.push_back({s.features, s.name, s.good, estimate_of(s.synthetic), estimate_of(s.floor), s.block_sd});
    return metrics;
  }

 private:
  std::vector<Series> series_;
};

constexpr const char* kComponents = "principal components";

/// Components found on few volumes fit those volumes only.
std::size_t components_for(std::size_t half) {
  return std::clamp<std::size_t>(half / kVolumesPerComponent, 2, kMostComponents);
}

void add_features(const SetStudy& study, const HalfSamples& draw, SeriesList& series) {
  const std::size_t half = draw.a.size();
  const Samples everyone = draw.everyone();
  for (const SetStudy::Family& family : study.families)
    series.add_family(family.name, family.scaled(everyone, samples_between(0, half)), half);
  const FeatureTable components = principal_coordinates(study.thumbnail_products, draw.a, components_for(half));
  series.add_family(kComponents, {scaled_as_one(rows_of(components, everyone), samples_between(0, half))}, half);
}

void add_distributions(const SetStudy& study, const HalfSamples& draw, SeriesList& series) {
  const auto means = [&](std::vector<double> VolumeDescription::*row) {
    return std::array{mean_row(study.volumes, draw.a, row), mean_row(study.volumes, draw.b, row),
                      mean_row(study.volumes, draw.c, row)};
  };
  const auto spectrum = means(&VolumeDescription::power_spectrum), intensity = means(&VolumeDescription::intensities);
  series.add("power spectrum", {"distance of means / dB", Good::low}, spectrum_distance_db(spectrum[0], spectrum[2]),
             spectrum_distance_db(spectrum[0], spectrum[1]));
  series.add("intensities", {"Wasserstein distance", Good::low}, wasserstein_distance(intensity[0], intensity[2]),
             wasserstein_distance(intensity[0], intensity[1]));
}

/// The standard deviation of KID over blocks of the whole sets.
double kid_block_sd(const std::vector<FeatureTable>& tables, std::size_t per_side, std::size_t block) {
  double sum = 0;
  for (const FeatureTable& table : tables) {
    const PairTable kernel = cubic_kernel(inner_products(table), table.dims);
    sum += blocked_mmd2(kernel, samples_between(0, per_side), samples_between(per_side, 2 * per_side), block).sd;
  }
  return sum / static_cast<double>(tables.size());
}

void add_block_deviations(const SetStudy& study, std::size_t block, SeriesList& series) {
  const Samples real = samples_between(0, study.per_side), everyone = samples_between(0, 2 * study.per_side);
  for (const SetStudy::Family& family : study.families)
    series.at(family.name, kMetricKinds[kKid]).block_sd =
        kid_block_sd(family.scaled(everyone, real), study.per_side, block);
  const FeatureTable components =
      principal_coordinates(study.thumbnail_products, real, components_for(study.per_side / 2));
  series.at(kComponents, kMetricKinds[kKid]).block_sd =
      kid_block_sd({scaled_as_one(components, real)}, study.per_side, block);
}

PairSimilarity similarity_of(const SetStudy& study, std::size_t first, const SetComparisonOptions& options) {
  std::vector<const Image*> images;
  for (std::size_t s = 0; s < study.per_side; ++s) images.push_back(&study.volumes[first + s]->similarity_copy);
  return PairSimilarity(images, options.similarity_pairs, options.threads);
}

}  // namespace

bool SetMetric::worse_than_floor() const {
  return (good != Good::high && synthetic.low > floor.high) || (good != Good::low && synthetic.high < floor.low);
}

SetComparison compare_sets(const std::vector<VolumeDescription>& real, const std::vector<VolumeDescription>& synthetic,
                           const SetComparisonOptions& options) {
  const std::size_t n = std::min(real.size(), synthetic.size());
  if (n < kFewestVolumes) {
    fail(ExitCode::input, "comparing sets needs at least ", kFewestVolumes, " volumes in each, and there are ",
         real.size(), " real and ", synthetic.size(), " synthetic ones");
  }
  const SetStudy study = study_of(real, synthetic, options.seed);
  const PairSimilarity real_pairs = similarity_of(study, 0, options);
  if (options.progress) options.progress(0.4);
  const PairSimilarity synthetic_pairs = similarity_of(study, n, options);

  SeriesList series;
  for (std::size_t d = 0; d < options.draws; ++d) {
    const HalfSamples draw = draw_halves(n, options.seed, d);
    add_features(study, draw, series);
    add_distributions(study, draw, series);
    Samples c = draw.c;
    for (std::size_t& s : c) s -= n;
    series.add("voxels", {"MS-SSIM among pairs", Good::like_real}, synthetic_pairs.mean_within(c),
               real_pairs.mean_within(draw.b));
    if (options.progress) options.progress(0.8 + 0.2 * static_cast<double>(d + 1) / static_cast<double>(options.draws));
  }
  const std::size_t block = std::max<std::size_t>(2, n / kKidBlocks);
  add_block_deviations(study, block, series);
  return {n,
          n / 2,
          options.draws,
          frechet_dimensions(n / 2),
          block,
          real_pairs.pairs(),
          ms_ssim_scales(study.volumes.front()->similarity_copy.size),
          series.estimates()};
}

}  // namespace voxprior
