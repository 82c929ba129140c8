#include "pipeline/metrics/sets/draws.h"

#include <gmock/gmock.h>

#include "tests/pipeline/metrics/sets/random_sets.h"

namespace voxprior {
namespace {

TEST(Shuffled, IsAPermutationOfItsOwnForEverySeedAndStream) {
  EXPECT_THAT(shuffled(20, 0, 0), testing::UnorderedElementsAreArray(test::range(0, 20)));
  EXPECT_EQ(shuffled(20, 0, 0), shuffled(20, 0, 0));
  EXPECT_NE(shuffled(20, 0, 0), shuffled(20, 1, 0));
  EXPECT_NE(shuffled(20, 0, 0), shuffled(20, 0, 1));
}

TEST(Shuffled, PutsEveryoneEverywhereEquallyOften) {
  std::vector<int> first(5);
  for (std::uint64_t stream = 0; stream < 5000; ++stream) ++first[shuffled(5, 3, stream)[0]];
  for (const int count : first) EXPECT_NEAR(count, 1000, 130);  // standard deviation 28
}

TEST(EstimateOf, IsMeanAndPercentiles) {
  std::vector<double> draws;
  for (int i = 200; i >= 0; --i) draws.push_back(i);
  const Estimate e = estimate_of(draws);
  EXPECT_DOUBLE_EQ(e.mean, 100);
  EXPECT_DOUBLE_EQ(e.low, 5);
  EXPECT_DOUBLE_EQ(e.high, 195);
}

TEST(MeanOf, IsThatOfEachNumber) {
  const Estimate mean = mean_of({{1, 0, 3}, {2, 1, 5}, {6, -4, 7}});
  EXPECT_DOUBLE_EQ(mean.mean, 3);
  EXPECT_DOUBLE_EQ(mean.low, -1);
  EXPECT_DOUBLE_EQ(mean.high, 5);
}

TEST(MeanOf, EqualEstimatesGiveWhatTheyAreToTheLastBit) {
  for (const double value : {1., 0.1, 0.95, 1. / 3})
    for (std::size_t n = 1; n < 30; ++n) {
      const Estimate mean = mean_of(std::vector<Estimate>(n, {value, value, value}));
      EXPECT_EQ(mean.mean, value);
      EXPECT_EQ(mean.low, value);
      EXPECT_EQ(mean.high, value);
    }
}

}  // namespace
}  // namespace voxprior
