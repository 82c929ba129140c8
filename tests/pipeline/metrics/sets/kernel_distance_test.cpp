#include "pipeline/metrics/sets/kernel_distance.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "tests/pipeline/metrics/sets/random_sets.h"

namespace voxprior {
namespace {

constexpr std::size_t kSamples = 30, kDims = 4;

struct Spread {
  double mean = 0, standard_error = 0;
};

/// distance(two sets of kSamples rows, changed by `change`) over 200 draws.
template <typename Change, typename Distance>
Spread over_draws(const Change& change, const Distance& distance) {
  std::vector<double> values;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    FeatureTable rows = test::normal_rows(2 * kSamples, kDims, seed);
    for (std::size_t v = kSamples * kDims; v < rows.values.size(); ++v) change(rows, v);
    values.push_back(distance(rows, test::range(0, kSamples), test::range(kSamples, 2 * kSamples)));
  }
  Spread s;
  for (const double v : values) s.mean += v / 200;
  for (const double v : values) s.standard_error += (v - s.mean) * (v - s.mean) / 199;
  s.standard_error = std::sqrt(s.standard_error / 200);
  return s;
}

double kid(const FeatureTable& rows, const Samples& x, const Samples& y) {
  return unbiased_mmd2(cubic_kernel(inner_products(rows), rows.dims), x, y);
}
double rbf(const FeatureTable& rows, const Samples& x, const Samples& y) {
  return unbiased_mmd2(rbf_mixture_kernel(squared_distances(rows), x), x, y);
}
const auto nothing = [](FeatureTable&, std::size_t) {};
const auto collapse = [](FeatureTable& rows, std::size_t v) { rows.values[v] *= 0.1; };  // the mean stays

TEST(UnbiasedMmd, FollowsItsDefinition) {
  PairTable kernel(4);  // x = 0, 1; y = 2, 3
  kernel.set(0, 1, 5), kernel.set(2, 3, 7), kernel.set(0, 0, 100), kernel.set(3, 3, 100);
  kernel.set(0, 2, 1), kernel.set(0, 3, 2), kernel.set(1, 2, 3), kernel.set(1, 3, 6);
  EXPECT_DOUBLE_EQ(unbiased_mmd2(kernel, {0, 1}, {2, 3}), 5 + 7 - 2 * 3.);
}

TEST(UnbiasedMmd, IsZeroOnAverageForEqualDistributions) {
  for (const auto& distance : {kid, rbf}) {
    const Spread s = over_draws(nothing, distance);
    EXPECT_LT(std::abs(s.mean), 4 * s.standard_error);
  }
}

TEST(UnbiasedMmd, SeesModeCollapseThatKeepsTheMean) {
  for (const auto& distance : {kid, rbf}) {
    const Spread s = over_draws(collapse, distance);
    EXPECT_GT(s.mean, 20 * s.standard_error);
  }
}

TEST(CubicKernel, OfNormalsHasAKnownMmd) {
  // k = (x.y / d + 1)^3. For x ~ N(0, I), x' independent: E k(x, x') = 1 + 3 E[(x.x')^2] / d^2 = 1 + 3 / d.
  // For y ~ N(0, s^2 I): 1 + 3 s^4 / d, and between the two 1 + 3 s^2 / d. So MMD^2 = 3 (1 - s^2)^2 / d, s = 0.1 here.
  const Spread s = over_draws(collapse, kid);
  EXPECT_NEAR(s.mean, 3 * 0.99 * 0.99 / kDims, 4 * s.standard_error);
}

TEST(RbfMixture, AveragesFiveGaussiansOfTheMedianDistance) {
  const FeatureTable rows = table_of({{0}, {1}, {3}, {7}});  // distances in the reference: 1, 2, 3
  const double k = rbf_mixture_kernel(squared_distances(rows), {0, 1, 2})(0, 3);
  double expected = 0;
  for (const double s : {0.5, 1., 2., 4., 8.}) expected += std::exp(-49 / (2 * s * s)) / 5;  // the median is 2
  EXPECT_NEAR(k, expected, 1e-15);
}

TEST(RbfMixture, RefusesAReferenceWithoutSpread) {
  EXPECT_THROW(rbf_mixture_kernel(squared_distances(table_of({{1}, {1}, {1}, {2}})), {0, 1, 2}), Error);
}

TEST(BlockedMmd, IsTheMeanAndSpreadOfDisjointBlocks) {
  const FeatureTable rows = test::normal_rows(10, 2, 9);
  const PairTable kernel = cubic_kernel(inner_products(rows), 2);
  const BlockedMmd found = blocked_mmd2(kernel, {0, 1, 2, 3, 4}, {5, 6, 7, 8, 9}, 2);
  const double a = unbiased_mmd2(kernel, {0, 1}, {5, 6}), b = unbiased_mmd2(kernel, {2, 3}, {7, 8});
  EXPECT_EQ(found.blocks, 2u);
  EXPECT_NEAR(found.mean, (a + b) / 2, 1e-12);
  EXPECT_NEAR(found.sd, std::abs(a - b) / std::sqrt(2.), 1e-12);
}

}  // namespace
}  // namespace voxprior
