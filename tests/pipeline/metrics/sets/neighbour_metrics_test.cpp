#include "pipeline/metrics/sets/neighbour_metrics.h"

#include <gtest/gtest.h>

#include "tests/pipeline/metrics/sets/random_sets.h"

namespace voxprior {
namespace {

NeighbourMetrics of_points(const std::vector<std::vector<double>>& points, const Samples& real,
                           const Samples& synthetic, std::size_t k) {
  return neighbour_metrics(squared_distances(table_of(points)), real, synthetic, k);
}

TEST(NeighbourMetrics, OfAHandfulOfPointsAreThoseCountedByHand) {
  // Real 0, 1, 3 with k = 1: balls (-1, 1), (0, 2), (1, 5). Synthetic 0.5, 4, 10: balls of radius 3.5, 3.5, 6.
  const NeighbourMetrics m = of_points({{0}, {1}, {3}, {0.5}, {4}, {10}}, {0, 1, 2}, {3, 4, 5}, 1);
  EXPECT_DOUBLE_EQ(m.precision, 2. / 3);  // 10 is in no real ball
  EXPECT_DOUBLE_EQ(m.recall, 1);          // all within 3.5 of 0.5
  EXPECT_DOUBLE_EQ(m.density, 3. / 3);    // 0.5 in two balls, 4 in one
  EXPECT_DOUBLE_EQ(m.coverage, 1);
}

TEST(NeighbourMetrics, OfEqualDistributionsHaveTheirKnownMeans) {
  constexpr std::size_t n = 40, k = 5, draws = 100;
  double density = 0, coverage = 0;
  for (std::uint64_t seed = 0; seed < draws; ++seed) {
    const PairTable d2 = squared_distances(test::normal_rows(2 * n, 8, seed));
    const NeighbourMetrics m = neighbour_metrics(d2, test::range(0, n), test::range(n, 2 * n), k);
    density += m.density / draws;
    coverage += m.coverage / draws;
  }
  double missed = 1;  // none of the k nearest of the 2 n - 1 others is synthetic
  for (std::size_t i = 1; i <= k; ++i) missed *= static_cast<double>(n - i) / static_cast<double>(2 * n - i);
  EXPECT_NEAR(density, 1, 0.1);             // standard error over the draws 0.02
  EXPECT_NEAR(coverage, 1 - missed, 0.01);  // 0.9731, standard error 0.003; 1 - 1/2^5 = 0.969
}

TEST(NeighbourMetrics, OfDisjointSetsAreZero) {
  FeatureTable rows = test::normal_rows(40, 3, 1);
  for (std::size_t v = 60; v < 120; ++v) rows.values[v] += 100;
  const NeighbourMetrics m = neighbour_metrics(squared_distances(rows), test::range(0, 20), test::range(20, 40));
  EXPECT_EQ(m.precision + m.recall + m.density + m.coverage, 0);
}

TEST(NeighbourMetrics, OfACollapsedSetKeepPrecisionAndLoseRecallAndCoverage) {
  FeatureTable rows = test::normal_rows(80, 3, 2);
  for (std::size_t v = 120; v < 240; ++v) rows.values[v] *= 0.05;
  const NeighbourMetrics m = neighbour_metrics(squared_distances(rows), test::range(0, 40), test::range(40, 80));
  EXPECT_EQ(m.precision, 1);
  EXPECT_LT(m.recall, 0.1);
  EXPECT_LT(m.coverage, 0.6);
  EXPECT_GT(m.density, 1);
}

}  // namespace
}  // namespace voxprior
