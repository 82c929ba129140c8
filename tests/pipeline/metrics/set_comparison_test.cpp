#include "pipeline/metrics/set_comparison.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "tests/pipeline/metrics/features/random_image.h"

namespace voxprior {
namespace {

using testing::Contains;
using testing::IsEmpty;

constexpr std::size_t kVolumes = 24;
constexpr std::array<std::int64_t, 3> kSize{16, 16, 16};

/// A population of volumes: smooth blobs whose strength differs from volume to volume, 0.7 to 1.3.
Image volume(std::uint64_t seed) {
  Image image = test::blobs(kSize, seed);
  const double strength = Random(seed, 9).uniform(0.7, 1.3);
  for (float& v : image.voxels) v *= static_cast<float>(strength);
  return image;
}

template <typename Change>
std::vector<VolumeDescription> described(std::size_t count, std::uint64_t first_seed, const Change& change) {
  const FeaturePanel panel;
  std::vector<VolumeDescription> set;
  for (std::uint64_t n = 0; n < count; ++n) {
    Image image = volume(first_seed + n);
    change(image, n);
    set.push_back(panel.describe(image));
  }
  return set;
}

const auto unchanged = [](Image&, std::uint64_t) {};

SetComparison compared(const std::vector<VolumeDescription>& real, const std::vector<VolumeDescription>& synthetic,
                       int threads = 1) {
  SetComparisonOptions options;
  options.draws = 20;
  options.similarity_pairs = 72;
  options.threads = threads;
  return compare_sets(real, synthetic, options);
}

/// "features: name" of all metrics that are worse than the floor.
std::vector<std::string> worse(const SetComparison& comparison) {
  std::vector<std::string> names;
  for (const SetMetric& m : comparison.metrics)
    if (m.worse_than_floor()) names.push_back(m.features + ": " + m.name);
  return names;
}

class SetComparisonTest : public testing::Test {
 protected:
  std::vector<VolumeDescription> real_ = described(kVolumes, 0, unchanged);
};

TEST_F(SetComparisonTest, FindsNothingWrongWithOtherVolumesOfThePopulation) {
  const SetComparison comparison = compared(real_, described(kVolumes, 1000, unchanged));
  EXPECT_THAT(worse(comparison), IsEmpty());
  EXPECT_EQ(comparison.metrics.size(), 5u * 7 + 3);
  EXPECT_EQ(comparison.volumes, kVolumes);
  EXPECT_EQ(comparison.per_half, kVolumes / 2);
  EXPECT_EQ(comparison.frechet_dimensions, 1u);
}

TEST_F(SetComparisonTest, SeesNoise) {
  const auto noisy = described(kVolumes, 1000, [](Image& image, std::uint64_t n) {
    const Image noise = test::noise_image(kSize, 50 + n, 0, 0.05f);
    for (std::size_t v = 0; v < image.voxels.size(); ++v) image.voxels[v] += noise.voxels[v];
  });
  const auto found = worse(compared(real_, noisy));
  EXPECT_THAT(found, Contains("power spectrum: distance of means / dB"));
  EXPECT_THAT(found, Contains("wavelet bands: coverage"));
  EXPECT_THAT(found, Contains("radiomics: KID"));
}

TEST_F(SetComparisonTest, SeesModeCollapse) {
  const auto collapsed = described(kVolumes, 1000, [](Image& image, std::uint64_t n) {
    image = volume(1000);
    const Image noise = test::noise_image(kSize, 50 + n, 0, 0.001f);
    for (std::size_t v = 0; v < image.voxels.size(); ++v) image.voxels[v] += noise.voxels[v];
  });
  const auto found = worse(compared(real_, collapsed));
  EXPECT_THAT(found, Contains("voxels: MS-SSIM among pairs"));
  EXPECT_THAT(found, Contains("principal components: recall"));
  EXPECT_THAT(found, Contains("random networks: coverage"));
  EXPECT_THAT(found, Contains("random networks: RBF-MMD^2"));
}

TEST_F(SetComparisonTest, SeesIntensitiesThatAreOff) {
  const auto darker = described(kVolumes, 1000, [](Image& image, std::uint64_t) {
    for (float& v : image.voxels) v *= 0.6f;
  });
  const SetComparison comparison = compared(real_, darker);
  EXPECT_THAT(worse(comparison), Contains("intensities: Wasserstein distance"));
}

TEST_F(SetComparisonTest, TakesEquallyManyOfBothSets) {
  const SetComparison comparison = compared(real_, described(kVolumes - 3, 1000, unchanged));
  EXPECT_EQ(comparison.volumes, kVolumes - 3);
  EXPECT_EQ(comparison.per_half, (kVolumes - 3) / 2);
}

TEST_F(SetComparisonTest, DoesNotDependOnTheNumberOfThreads) {
  const auto other = described(kVolumes, 1000, unchanged);
  const SetComparison one = compared(real_, other, 1), three = compared(real_, other, 3);
  for (std::size_t m = 0; m < one.metrics.size(); ++m) {
    EXPECT_EQ(one.metrics[m].synthetic.mean, three.metrics[m].synthetic.mean);
    EXPECT_EQ(one.metrics[m].floor.high, three.metrics[m].floor.high);
  }
}

TEST_F(SetComparisonTest, GivesKidItsBlockDeviation) {
  for (const SetMetric& m : compared(real_, described(kVolumes, 1000, unchanged)).metrics)
    EXPECT_EQ(m.block_sd > 0, m.name == "KID") << m.name;
}

TEST_F(SetComparisonTest, RefusesSetsThatAreTooSmall) {
  EXPECT_THROW(compared(real_, described(kFewestVolumes - 1, 1000, unchanged)), Error);
}

}  // namespace
}  // namespace voxprior
