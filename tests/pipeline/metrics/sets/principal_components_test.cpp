#include "pipeline/metrics/sets/principal_components.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/pipeline/metrics/sets/random_sets.h"

namespace voxprior {
namespace {

TEST(PrincipalCoordinates, OfPointsOnALineAreTheirPlacesOnIt) {
  // Points m + t (3, 4) / 5 with t = -2, -1, 3 (mean 0); the last row lies off the line by (-4, 3) and is no reference.
  const double m[2] = {100, -7};
  std::vector<std::vector<double>> rows;
  for (const double t : {-2., -1., 3.}) rows.push_back({m[0] + 0.6 * t, m[1] + 0.8 * t});
  rows.push_back({m[0] + 0.6 * 5 - 4, m[1] + 0.8 * 5 + 3});
  const FeatureTable found = principal_coordinates(inner_products(table_of(rows)), {0, 1, 2}, 5);
  ASSERT_EQ(found.dims, 1u);  // a line has one direction, whatever was asked for
  const double sign = found.row(2)[0] > 0 ? 1 : -1;
  EXPECT_NEAR(sign * found.row(0)[0], -2, 1e-9);
  EXPECT_NEAR(sign * found.row(2)[0], 3, 1e-9);
  EXPECT_NEAR(sign * found.row(3)[0], 5, 1e-9);
}

TEST(PrincipalCoordinates, AllOfThemKeepTheDistancesOfTheReference) {
  const FeatureTable rows = test::normal_rows(8, 20, 1);
  const FeatureTable found = principal_coordinates(inner_products(rows), test::range(0, 8), 7);
  const PairTable before = squared_distances(rows), after = squared_distances(found);
  for (std::size_t a = 0; a < 8; ++a)
    for (std::size_t b = 0; b < 8; ++b) EXPECT_NEAR(after(a, b), before(a, b), 1e-9);
}

TEST(PrincipalCoordinates, ComeWithTheLargestVarianceFirst) {
  FeatureTable rows = test::normal_rows(50, 3, 2);
  for (std::size_t s = 0; s < 50; ++s) rows.values[3 * s + 1] *= 10;
  const FeatureTable found = principal_coordinates(inner_products(rows), test::range(0, 50), 1);
  for (std::size_t s = 0; s < 50; ++s)
    EXPECT_NEAR(std::abs(found.row(s)[0] - found.row(0)[0]), std::abs(rows.row(s)[1] - rows.row(0)[1]), 3);
}

}  // namespace
}  // namespace voxprior
