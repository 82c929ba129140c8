#include "pipeline/metrics/sets/rank_tests.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "pipeline/noise/random.h"

namespace voxprior {
namespace {

TEST(MannWhitney, OfSeparatedValuesIsOneOverAllChoices) {
  EXPECT_NEAR(mann_whitney_less({1, 2, 3}, {4, 5, 6}), 1. / 20, 1e-12);
  EXPECT_NEAR(mann_whitney_less({4, 5, 6}, {1, 2, 3}), 1, 1e-12);
}

TEST(MannWhitney, CountsTheRankSumsOfSmallSets) {
  // Ranks of x: 1, 4. Of the 10 choices of 2 of 5 ranks, (1,2) (1,3) (1,4) (2,3) sum to at most 5.
  EXPECT_NEAR(mann_whitney_less({0.1, 0.7}, {0.2, 0.5, 0.9}), 0.4, 1e-12);
}

TEST(MannWhitney, GivesTiesTheirMeanRank) {
  // Values 1, 1, 2: ranks 1.5, 1.5, 3. x has one of the two 1s: two of three choices are as low.
  EXPECT_NEAR(mann_whitney_less({1}, {1, 2}), 2. / 3, 1e-12);
  EXPECT_EQ(mann_whitney_less({5, 5}, {5, 5, 5}), 1);
  EXPECT_EQ(mann_whitney_less_normal({5, 5}, {5, 5, 5}), 1);
}

TEST(MannWhitney, IsNearlyNormalForManyValues) {
  Random random(1);
  std::vector<double> x, y;
  for (int i = 0; i < 40; ++i) x.push_back(random.normal() - 0.3);
  for (int i = 0; i < 60; ++i) y.push_back(random.normal());
  EXPECT_NEAR(mann_whitney_less(x, y), mann_whitney_less_normal(x, y), 2e-3);
}

TEST(MannWhitney, IsUniformForEqualDistributions) {
  Random random(2);
  int below_a_tenth = 0;
  for (int trial = 0; trial < 1000; ++trial) {
    std::vector<double> x, y;
    for (int i = 0; i < 12; ++i) x.push_back(random.normal());
    for (int i = 0; i < 10; ++i) y.push_back(random.normal());
    if (mann_whitney_less(x, y) <= 0.1) ++below_a_tenth;
  }
  EXPECT_NEAR(below_a_tenth, 100, 35);  // standard deviation 9.5; the test is exact, hence just below a tenth
}

TEST(AsManyBelow, OfOneValueAndOneOtherIsAHalf) {
  EXPECT_NEAR(probability_of_as_many_below(1, 1, 1, 1), 0.5, 1e-12);
  EXPECT_EQ(probability_of_as_many_below(0, 5, 1, 10), 1);
}

TEST(AsManyBelow, OfTheSmallestIsAProductOfShares) {
  // The three smallest of 8 + 10 are all ours: 8/18 * 7/17 * 6/16.
  EXPECT_NEAR(probability_of_as_many_below(3, 8, 1, 10), 8. * 7 * 6 / (18. * 17 * 16), 1e-12);
}

TEST(AsManyBelow, AgreesWithDrawing) {
  Random random(3);
  int as_many = 0;
  for (int trial = 0; trial < 20000; ++trial) {
    std::vector<std::pair<double, bool>> all;
    for (int i = 0; i < 6; ++i) all.push_back({random.uniform(), true});
    for (int i = 0; i < 9; ++i) all.push_back({random.uniform(), false});
    std::sort(all.begin(), all.end());
    int ours = 0, others = 0;
    for (const auto& [value, mine] : all) {
      if (others < 2) ours += mine;
      others += !mine;
    }
    as_many += ours >= 3;
  }
  EXPECT_NEAR(probability_of_as_many_below(3, 6, 2, 9), as_many / 20000., 0.012);  // standard error 0.003
}

}  // namespace
}  // namespace voxprior
