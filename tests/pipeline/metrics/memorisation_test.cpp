#include "pipeline/metrics/memorisation.h"

#include <gtest/gtest.h>

#include <memory>

#include "base/error.h"
#include "tests/pipeline/metrics/features/random_image.h"

namespace voxprior {
namespace {

constexpr std::array<std::int64_t, 3> kSize{16, 16, 12};
constexpr int kMirrorAxis = 0;
constexpr std::size_t kTraining = 12, kHeldOut = 10;

/// One population: what all share, and what is a volume's own.
Image volume(std::uint64_t seed) {
  Image image = test::blobs(kSize, 7);
  const Image own = test::blobs(kSize, 100 + seed);
  for (std::size_t v = 0; v < image.voxels.size(); ++v) image.voxels[v] += own.voxels[v];
  return image;
}

Image moved(const Image& image, std::int64_t di, std::int64_t dk) {
  Image result = image;
  for (std::int64_t k = 0; k < kSize[2]; ++k)
    for (std::int64_t j = 0; j < kSize[1]; ++j)
      for (std::int64_t i = 0; i < kSize[0]; ++i)
        result.voxels[image.at((i + di) % kSize[0], j, (k + dk) % kSize[2])] = image.voxels[image.at(i, j, k)];
  return result;
}

Image noisy(Image image, float sd) {
  const Image noise = test::noise_image(kSize, 1, 0, sd);
  for (std::size_t v = 0; v < image.voxels.size(); ++v) image.voxels[v] += noise.voxels[v];
  return image;
}

class Memorisation : public testing::Test {
 protected:
  Memorisation() {
    for (std::uint64_t n = 0; n < kTraining; ++n) training_images_.push_back(volume(n));
    std::vector<CopyFingerprint> fingerprints;
    for (const Image& image : training_images_) fingerprints.push_back(copy_fingerprint(image));
    training_ = std::make_unique<TrainingVolumes>(std::move(fingerprints));
    for (std::uint64_t n = 0; n < kHeldOut; ++n) held_out_.push_back(nearest(volume(500 + n)));
  }
  NearestTraining nearest(const Image& image) const {
    return training_->nearest(sample_fingerprint(image, kMirrorAxis));
  }
  template <typename Measure>
  MemorisationTest test_of(const std::vector<NearestTraining>& samples, const Measure& measure) const {
    std::vector<double> distances, held_out;
    for (const NearestTraining& n : samples) distances.push_back(measure(n));
    for (const NearestTraining& n : held_out_) held_out.push_back(measure(n));
    return memorisation_test(distances, held_out);
  }
  MemorisationTest by_correlation(const std::vector<NearestTraining>& samples) const {
    return test_of(samples, [](const NearestTraining& n) { return n.correlation_distance(); });
  }
  MemorisationTest by_features(const std::vector<NearestTraining>& samples) const {
    return test_of(samples, [](const NearestTraining& n) { return n.feature_distance; });
  }

  std::vector<Image> training_images_;
  std::unique_ptr<TrainingVolumes> training_;
  std::vector<NearestTraining> held_out_;
};

TEST_F(Memorisation, FindsCopiesExactNoisyShiftedAndMirrored) {
  const std::vector<Image> copies{training_images_[3], noisy(training_images_[4], 0.05f),
                                  moved(training_images_[5], 2, 1), mirrored(training_images_[6], kMirrorAxis),
                                  moved(mirrored(training_images_[7], kMirrorAxis), 1, 1)};
  std::vector<NearestTraining> samples;
  for (std::size_t c = 0; c < copies.size(); ++c) {
    samples.push_back(nearest(copies[c]));
    EXPECT_EQ(samples.back().by_correlation, 3 + c);
    EXPECT_EQ(samples.back().mirrored, c >= 3);
  }
  EXPECT_EQ(samples[2].alignment.shift, (std::array<std::int64_t, 3>{2, 0, 1}));
  EXPECT_EQ(by_correlation(samples).closer, copies.size());
  EXPECT_LT(by_correlation(samples).p_value, 1e-3);
}

TEST_F(Memorisation, FindsCopiesByTheirFeatures) {
  const std::vector<NearestTraining> samples{nearest(training_images_[3]), nearest(noisy(training_images_[4], 0.02f)),
                                             nearest(mirrored(training_images_[6], kMirrorAxis))};
  EXPECT_NEAR(samples[0].feature_distance, 0, 1e-9);
  EXPECT_EQ(samples[1].by_features, 4u);
  EXPECT_NEAR(samples[2].feature_distance, 0, 1e-9);
  EXPECT_EQ(by_features(samples).closer, 3u);
}

TEST_F(Memorisation, FindsOneCopyAmongIndependentSamples) {
  std::vector<NearestTraining> samples;
  for (std::uint64_t n = 0; n < 11; ++n) samples.push_back(nearest(volume(900 + n)));
  samples.push_back(nearest(noisy(training_images_[0], 0.05f)));
  const MemorisationTest found = by_correlation(samples);
  EXPECT_DOUBLE_EQ(found.sample_p.back(), 1. / 11);  // nearer than all ten held-out volumes
  EXPECT_GE(found.closer, 1u);
  EXPECT_LT(samples.back().correlation_distance(), 0.3 * found.limit);
}

TEST_F(Memorisation, OfIndependentSamplesIsNotSignificant) {
  std::vector<NearestTraining> samples;
  for (std::uint64_t n = 0; n < 12; ++n) samples.push_back(nearest(volume(900 + n)));
  EXPECT_GT(by_correlation(samples).p_value, 0.05);
  EXPECT_GT(by_correlation(samples).p_closer, 0.05);
  EXPECT_GT(by_features(samples).p_value, 0.05);
}

TEST_F(Memorisation, ALimitTellsACopyFromHeldOutVolumes) {
  const double limit = copy_limit(held_out_);
  EXPECT_LT(nearest(noisy(training_images_[2], 0.02f)).feature_distance, limit);
  for (const NearestTraining& n : held_out_) EXPECT_GE(n.feature_distance, limit);
  EXPECT_THROW(copy_limit({held_out_.begin(), held_out_.begin() + 9}), Error);
}

TEST(MemorisationTestOfDistances, CountsAgainstTheLeastOfFewHeldOut) {
  std::vector<double> held_out;
  for (int i = 1; i <= 10; ++i) held_out.push_back(i);
  const MemorisationTest found = memorisation_test({0.5, 0.7, 1, 5.5}, held_out);
  EXPECT_EQ(found.limit, 1);
  EXPECT_EQ(found.closer, 2u);  // as near as the limit is not nearer
  EXPECT_NEAR(found.expected_closer, 4. / 11, 1e-12);
  EXPECT_NEAR(found.p_closer, 4. / 14 * 3 / 13, 1e-12);
  EXPECT_EQ(found.sample_p, (std::vector<double>{1. / 11, 1. / 11, 2. / 11, 6. / 11}));
}

TEST(MemorisationTestOfDistances, TakesTheOnePercentQuantileOfMany) {
  std::vector<double> held_out;
  for (int i = 1; i <= 300; ++i) held_out.push_back(i);
  EXPECT_EQ(memorisation_test({2.5}, held_out).limit, 3);
  EXPECT_EQ(memorisation_test({2.5}, held_out).closer, 1u);
}

TEST(MemorisationTestOfDistances, RefusesTooFewVolumes) {
  EXPECT_THROW(memorisation_test({1}, std::vector<double>(kFewestHeldOut - 1, 1)), Error);
  EXPECT_THROW(memorisation_test({}, std::vector<double>(20, 1)), Error);
  std::vector<CopyFingerprint> one;
  one.push_back(copy_fingerprint(volume(1)));
  EXPECT_THROW(TrainingVolumes{std::move(one)}, Error);
}

}  // namespace
}  // namespace voxprior
