#include "pipeline/metrics/sets/tables.h"

#include <gtest/gtest.h>

#include <cmath>

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

}  // namespace
}  // namespace voxprior
