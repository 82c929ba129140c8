#include "pipeline/metrics/pair_similarity.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "pipeline/metrics/ms_ssim.h"
#include "tests/pipeline/metrics/features/random_image.h"

namespace voxprior {
namespace {

class PairSimilarityTest : public testing::Test {
 protected:
  PairSimilarityTest() {
    for (std::uint64_t seed = 0; seed < 4; ++seed) images_.push_back(test::blobs({12, 12, 12}, seed));
    images_[3] = images_[2];
    for (const Image& image : images_) pointers_.push_back(&image);
  }
  double of(std::size_t a, std::size_t b) const { return ms_ssim_3d(images_[a], images_[b]); }
  std::vector<Image> images_;
  std::vector<const Image*> pointers_;
};

TEST_F(PairSimilarityTest, OfAllPairsIsTheirMean) {
  const PairSimilarity found(pointers_, 100, 2);
  EXPECT_EQ(found.pairs(), 6u);
  EXPECT_NEAR(found.mean_within({0, 1, 2}), (of(0, 1) + of(0, 2) + of(1, 2)) / 3, 1e-12);
  EXPECT_NEAR(found.mean_within({2, 3}), 1, 1e-6);
}

TEST_F(PairSimilarityTest, WithFewPairsComparesEveryVolumeWithTheNext) {
  const PairSimilarity found(pointers_, 4, 1);
  EXPECT_EQ(found.pairs(), 4u);
  EXPECT_NEAR(found.mean_within({0, 1, 2, 3}), (of(0, 1) + of(1, 2) + of(2, 3) + of(3, 0)) / 4, 1e-12);
  EXPECT_THROW(found.mean_within({0, 2}), Error);
}

}  // namespace
}  // namespace voxprior
