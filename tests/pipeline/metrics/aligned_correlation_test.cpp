#include "pipeline/metrics/aligned_correlation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/pipeline/metrics/features/random_image.h"

namespace voxprior {
namespace {

constexpr std::array<std::int64_t, 3> kSize{24, 20, 16};

Image shifted(const Image& image, const std::array<std::int64_t, 3>& shift) {
  Image moved = image;
  for (std::int64_t k = 0; k < image.size[2]; ++k)
    for (std::int64_t j = 0; j < image.size[1]; ++j)
      for (std::int64_t i = 0; i < image.size[0]; ++i)
        moved.voxels[image.at((i + shift[0]) % image.size[0], (j + shift[1]) % image.size[1],
                              (k + shift[2]) % image.size[2])] = image.voxels[image.at(i, j, k)];
  return moved;
}

double correlation(const Image& a, const Image& b) {
  const auto n = static_cast<double>(a.voxels.size());
  double mean_a = 0, mean_b = 0, ab = 0, aa = 0, bb = 0;
  for (std::size_t v = 0; v < a.voxels.size(); ++v) {
    mean_a += a.voxels[v] / n;
    mean_b += b.voxels[v] / n;
  }
  for (std::size_t v = 0; v < a.voxels.size(); ++v) {
    const double da = a.voxels[v] - mean_a, db = b.voxels[v] - mean_b;
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return ab / std::sqrt(aa * bb);
}

TEST(AlignedCorrelation, OfBrighterCopiesIsOne) {
  const Image image = test::blobs(kSize, 1);
  Image brighter = image;
  for (float& v : brighter.voxels) v = 3 * v + 7;
  EXPECT_NEAR(CorrelationImage(image).with(CorrelationImage(brighter)).correlation, 1, 1e-5);
}

TEST(AlignedCorrelation, FindsTheShift) {
  const Image image = test::blobs(kSize, 1);
  const AlignedCorrelation found = CorrelationImage(shifted(image, {2, 18, 1})).with(CorrelationImage(image));
  EXPECT_NEAR(found.correlation, 1, 1e-5);
  EXPECT_EQ(found.shift, (std::array<std::int64_t, 3>{2, -2, 1}));
}

TEST(AlignedCorrelation, GivesTheShiftInVoxelsOfTheImageGiven) {
  const Image image = test::blobs({96, 64, 64}, 1);  // shrunk by two
  const AlignedCorrelation found = CorrelationImage(shifted(image, {4, 6, 0})).with(CorrelationImage(image));
  EXPECT_NEAR(found.correlation, 1, 1e-4);
  EXPECT_EQ(found.shift, (std::array<std::int64_t, 3>{4, 6, 0}));
}

TEST(AlignedCorrelation, DoesNotReachFartherThanAnEighth) {
  const Image image = test::blobs(kSize, 1);
  EXPECT_LT(CorrelationImage(shifted(image, {8, 0, 0})).with(CorrelationImage(image)).correlation, 0.7);
}

TEST(AlignedCorrelation, IsTheGreatestOfTheShiftsWithinReach) {
  const std::array<std::int64_t, 3> size{17, 10, 9};  // odd and even; an eighth of them is 2, 1 and 1
  const Image a = test::noise_image(size, 1, 0, 1), b = test::noise_image(size, 2, 0, 1);
  double greatest = -1;
  for (std::int64_t k = 0; k < 3; ++k)
    for (std::int64_t j = 0; j < 3; ++j)
      for (std::int64_t i = 0; i < 5; ++i)
        greatest = std::max(greatest, correlation(a, shifted(b, {(i + 15) % 17, (j + 9) % 10, (k + 8) % 9})));
  EXPECT_NEAR(CorrelationImage(a).with(CorrelationImage(b)).correlation, greatest, 1e-6);
}

TEST(AlignedCorrelation, OfOthersIsLowAndOfNothingZero) {
  const CorrelationImage image(test::blobs(kSize, 1));
  EXPECT_LT(image.with(CorrelationImage(test::blobs(kSize, 2))).correlation, 0.7);
  EXPECT_EQ(image.with(CorrelationImage(test::constant_image(kSize, 1))).correlation, 0);
}

TEST(Mirrored, TwiceIsTheImageAndOnceIsNot) {
  const Image image = test::blobs(kSize, 1);
  for (int axis = 0; axis < 3; ++axis) {
    const Image once = mirrored(image, axis);
    EXPECT_NE(once.voxels, image.voxels);
    EXPECT_EQ(mirrored(once, axis).voxels, image.voxels);
  }
  EXPECT_EQ(mirrored(image, 1).voxels[image.at(3, 0, 5)], image.voxels[image.at(3, 19, 5)]);
}

}  // namespace
}  // namespace voxprior
