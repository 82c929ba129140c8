#include "pipeline/metrics/sets/frechet.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "tests/pipeline/metrics/sets/random_sets.h"

namespace voxprior {
namespace {

TEST(FrechetDistance, OfOneDimensionalNormalsIsKnown) {
  EXPECT_NEAR(frechet_distance({{1}, {4}}, {{4}, {25}}), 9 + 9, 1e-12);  // (1 - 4)^2 + (2 - 5)^2
}

TEST(FrechetDistance, OfCommutingCovariancesIsThatOfTheirRoots) {
  // Both are turned by 45 degrees: eigenvalues 9, 1 and 4, 16 on the same axes. (3 - 2)^2 + (1 - 4)^2 = 10.
  EXPECT_NEAR(frechet_distance({{0, 0}, {5, 4, 4, 5}}, {{0, 0}, {10, -6, -6, 10}}), 10, 1e-9);
}

TEST(FrechetDistance, OfCovariancesThatDoNotCommuteFollowsTheClosedFormOfTwoByTwo) {
  // Tr (A B)^1/2 = sqrt(Tr AB + 2 sqrt(det AB)) for 2 x 2. A = diag(4, 1), B = [[2, 1], [1, 2]]: AB = [[8, 4], [1, 2]].
  const double expected = 5 + 4 - 2 * std::sqrt(10 + 2 * std::sqrt(12.));
  EXPECT_NEAR(frechet_distance({{0, 0}, {4, 0, 0, 1}}, {{0, 0}, {2, 1, 1, 2}}), expected, 1e-12);
}

TEST(FrechetDistance, OfAGaussianToItselfIsZeroAlsoWhenSingular) {
  const Gaussian flat{{1, 2}, {1, 1, 1, 1}};
  EXPECT_NEAR(frechet_distance(flat, flat), 0, 1e-9);
}

TEST(FrechetDistance, OfManySamplesTendsToThatOfTheirDistributions) {
  // N(0, 1) along the first axis against N(3, 4): 9 + 1. 2000 samples: standard error about 0.2.
  FeatureTable rows = test::normal_rows(4000, 1, 3);
  for (std::size_t s = 2000; s < 4000; ++s) rows.values[s] = 3 + 2 * rows.values[s];
  EXPECT_NEAR(frechet_distance(fit_gaussian(rows, test::range(0, 2000)), fit_gaussian(rows, test::range(2000, 4000))),
              10, 0.8);
}

TEST(FrechetDistance, OfSetsSeesAShiftInTheDirectionOfTheRealSpread) {
  FeatureTable rows = test::normal_rows(60, 6, 4);
  for (std::size_t s = 0; s < 60; ++s) rows.values[6 * s + 2] = 5 * rows.values[6 * s + 2] + (s < 30 ? 0 : 40);
  const double found = frechet_distance(inner_products(rows), test::range(0, 30), test::range(30, 60));
  EXPECT_NEAR(found, 1600, 250);  // 40^2; the means of 30 samples with standard deviation 5 are known to 1.3 in 40
}

TEST(FrechetDistance, IsRefusedWhereThereAreTooFewSamples) {
  const FeatureTable rows = test::normal_rows(20, 4, 5);
  EXPECT_THROW(fit_gaussian(rows, test::range(0, 4)), Error);
  EXPECT_EQ(fit_gaussian(rows, test::range(0, 5)).mean.size(), 4u);
  EXPECT_THROW(frechet_distance(inner_products(rows), test::range(0, 9), test::range(9, 20)), Error);
  EXPECT_EQ(frechet_dimensions(10), 1u);
  EXPECT_EQ(frechet_dimensions(39), 3u);
}

}  // namespace
}  // namespace voxprior
