#include "pipeline/noise/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace voxprior {
namespace {

std::vector<float> normals(std::size_t n, std::uint64_t seed, std::uint64_t stream = 0, std::uint64_t offset = 0) {
  std::vector<float> x(n);
  fill_gaussian(x.data(), n, seed, stream, offset);
  return x;
}

double normal_cdf(double x) { return std::erfc(-x / std::sqrt(2.0)) / 2; }

double correlation(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum / static_cast<double>(a.size());
}

// The known-answer vectors that the authors publish with Random123.
TEST(Philox4x32, MatchesThePublishedVectors) {
  using Words = std::array<std::uint32_t, 4>;
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox4x32({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}), (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(FillGaussian, IsTheBoxMullerTransformOfPhiloxWords) {
  const std::uint64_t seed = 0x299f31d0a4093822, stream = 0x0370734413198a2e;
  const auto x = normals(512, seed, stream);
  for (const std::uint32_t counter : {0u, 5u, 63u, 64u, 100u}) {
    const auto words = philox4x32({counter, 0, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0});
    const double u = (static_cast<double>(words[0] >> 1) + 0.5) / 2147483648.0;
    const double angle = 2 * M_PI * words[1] / 4294967296.0, radius = std::sqrt(-2 * std::log(u));
    const std::size_t at = counter / 64 * 256 + counter % 64;
    EXPECT_NEAR(x[at], radius * std::cos(angle), 2e-6);  // measured below 5e-7
    EXPECT_NEAR(x[at + 64], radius * std::sin(angle), 2e-6);
  }
}

TEST(FillGaussian, AnyCutOfASequenceGivesTheSameNumbers) {
  const auto whole = normals(3000, 11, 4);
  std::vector<float> pieces(3000);
  for (std::size_t at = 0, length = 1; at < pieces.size(); at += length, length = length * 3 % 701 + 1)
    fill_gaussian(pieces.data() + at, std::min(length, pieces.size() - at), 11, 4, at);
  EXPECT_EQ(whole, pieces);
}

TEST(FillGaussian, HasTheMomentsOfTheNormalDistribution) {
  const auto x = normals(4000000, 0);
  double m1 = 0, m2 = 0, m3 = 0, m4 = 0;
  for (const double v : x) m1 += v, m2 += v * v, m3 += v * v * v, m4 += v * v * v * v;
  const double n = static_cast<double>(x.size());
  EXPECT_NEAR(m1 / n, 0, 4 * std::sqrt(1 / n));  // four standard errors each
  EXPECT_NEAR(m2 / n, 1, 4 * std::sqrt(2 / n));
  EXPECT_NEAR(m3 / n, 0, 4 * std::sqrt(15 / n));
  EXPECT_NEAR(m4 / n, 3, 4 * std::sqrt(96 / n));
}

TEST(FillGaussian, FollowsTheNormalDistributionEverywhere) {
  auto x = normals(1000000, 3);
  std::sort(x.begin(), x.end());
  const double n = static_cast<double>(x.size());
  double distance = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    distance = std::max(distance, std::fabs(normal_cdf(x[i]) - (static_cast<double>(i) + 0.5) / n));
  EXPECT_LT(distance * std::sqrt(n), 1.95);  // Kolmogorov-Smirnov at p = 0.001
}

TEST(FillGaussian, TailsHoldAsManyNumbersAsTheyShould) {
  const auto x = normals(8000000, 5);
  for (const double limit : {3.0, 3.5, 4.0, 4.5}) {
    const double expected = 2 * normal_cdf(-limit) * static_cast<double>(x.size());  // 54 at 4.5
    const auto found = std::count_if(x.begin(), x.end(), [limit](float v) { return std::fabs(v) > limit; });
    EXPECT_NEAR(static_cast<double>(found), expected, 4 * std::sqrt(expected)) << "beyond " << limit;
  }
}

TEST(FillGaussian, SeedsStreamsAndNeighboursAreUncorrelated) {
  const std::size_t n = 1000000;
  const double limit = 4 / std::sqrt(static_cast<double>(n));
  const auto x = normals(n, 0, 0);
  EXPECT_NEAR(correlation(x, normals(n, 1, 0)), 0, limit);
  EXPECT_NEAR(correlation(x, normals(n, 0, 1)), 0, limit);
  for (const std::uint64_t lag : {1, 2, 3, 64, 128, 192, 256})
    EXPECT_NEAR(correlation(x, normals(n, 0, 0, lag)), 0, limit) << "lag " << lag;
}

TEST(Random, ContinuesFromAStoredState) {
  Random random(0, 9);
  for (int i = 0; i < 7; ++i) random.normal();
  Random resumed(random.state());
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(random.uniform(), resumed.uniform());
    EXPECT_EQ(random.normal(), resumed.normal());
    EXPECT_EQ(random.below(1000), resumed.below(1000));
  }
}

TEST(Random, UniformAndNormalHaveTheirMoments) {
  Random random(2);
  const int n = 200000;
  double u1 = 0, u2 = 0, n1 = 0, n2 = 0;
  for (int i = 0; i < n; ++i) {
    const double u = random.uniform(), g = random.normal();
    ASSERT_TRUE(u >= 0 && u < 1);
    u1 += u, u2 += u * u, n1 += g, n2 += g * g;
  }
  EXPECT_NEAR(u1 / n, 0.5, 4 * std::sqrt(1 / 12. / n));
  EXPECT_NEAR(u2 / n, 1 / 3., 4 * std::sqrt(4 / 45. / n));
  EXPECT_NEAR(n1 / n, 0, 4 * std::sqrt(1. / n));
  EXPECT_NEAR(n2 / n, 1, 4 * std::sqrt(2. / n));
}

TEST(Random, BelowReachesEveryValueEquallyOften) {
  Random random(4);
  std::vector<int> count(7);
  for (int i = 0; i < 70000; ++i) ++count.at(random.below(7));
  for (const int c : count) EXPECT_NEAR(c, 10000, 4 * std::sqrt(10000. * 6 / 7));
  EXPECT_EQ(random.below(1), 0u);
}

}  // namespace
}  // namespace voxprior
