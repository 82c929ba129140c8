#include "pipeline/metrics/sets/tables.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "tests/pipeline/metrics/sets/random_sets.h"

namespace voxprior {
namespace {

TEST(Tables, ProductsAndDistancesAreThoseOfTheRows) {
  const FeatureTable t = table_of({{1, 2}, {4, 6}, {0, -1}});
  EXPECT_EQ(inner_products(t)(0, 1), 16);
  EXPECT_EQ(inner_products(t)(2, 2), 1);
  EXPECT_EQ(squared_distances(t)(1, 0), 25);
  EXPECT_EQ(squared_distances(t)(1, 1), 0);
}

TEST(Tables, StandardisingUsesTheReferenceAlone) {
  const FeatureTable t = standardised(table_of({{2, 7}, {4, 9}, {103, 8}}), {0, 1});
  EXPECT_EQ(t.values, (std::vector<double>{-1, -1, 1, 1, 100, 0}));
}

TEST(Tables, AColumnThatOnlyTheOthersFillIsKept) {
  const FeatureTable t = standardised(table_of({{5, 3}, {5, 3}, {5, 6}}), {0, 1});
  ASSERT_EQ(t.dims, 1u);  // the first is constant everywhere
  EXPECT_EQ(t.row(0)[0], 0);
  EXPECT_NEAR(t.row(2)[0], 3 / std::sqrt(2.), 1e-12);  // the spread of 3, 3, 6 is sqrt 2
}

TEST(Tables, ScaledAsOneKeepTheirProportions) {
  // Deviations of the reference: 3 and 4 in two columns: mean square (9 + 16) / 2.
  const FeatureTable t = scaled_as_one(table_of({{1, 10}, {7, 2}, {4, 106}}), {0, 1});
  const double rms = std::sqrt(12.5);
  EXPECT_NEAR(t.row(0)[0], -3 / rms, 1e-12);
  EXPECT_NEAR(t.row(0)[1], 4 / rms, 1e-12);
  EXPECT_NEAR(t.row(2)[1], 100 / rms, 1e-12);
  EXPECT_THROW(scaled_as_one(table_of({{1, 2}, {1, 2}}), {0, 1}), Error);
}

}  // namespace
}  // namespace voxprior
