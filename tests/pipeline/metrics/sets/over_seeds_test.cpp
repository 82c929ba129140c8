#include "pipeline/metrics/sets/over_seeds.h"

#include <cmath>

namespace voxprior {
namespace {

TEST(OverSeeds, OneRunKeepsItsOwnInterval) {
  const Estimate all = over_seeds({{2, 1, 3}}, 0);
  EXPECT_EQ(all.mean, 2);
  EXPECT_NEAR(all.low, 1, 0.1);
  EXPECT_NEAR(all.high, 3, 0.1);
}

TEST(OverSeeds, EqualRunsAreKnownBetterByTheRootOfTheirNumber) {
  const Estimate all = over_seeds(std::vector<Estimate>(16, {2, 1, 3}), 0);
  EXPECT_NEAR(all.high - all.low, 2 / std::sqrt(16), 0.05);
}

TEST(OverSeeds, RunsThatDifferWidenTheInterval) {
  // Two exact runs at 0 and 1: a draw is 0, 1/2 or 1 with probability 1/4, 1/2, 1/4.
  const Estimate all = over_seeds({{0, 0, 0}, {1, 1, 1}}, 0);
  EXPECT_EQ(all.mean, 0.5);
  EXPECT_EQ(all.low, 0);
  EXPECT_EQ(all.high, 1);
}

}  // namespace
}  // namespace voxprior
