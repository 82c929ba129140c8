#include "pipeline/noise/noise_spread.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "pipeline/noise/simulate.h"

namespace voxprior {
namespace {

constexpr std::array<std::int64_t, 3> kSize{9, 11, 7};
std::size_t at(std::int64_t i, std::int64_t j, std::int64_t k) {
  return static_cast<std::size_t>((k * kSize[1] + j) * kSize[0] + i);
}

TEST(NoiseSpread, MiddleIsAHill) {
  const std::vector<float> map = noise_towards_middle(kSize, 4);
  EXPECT_NEAR(map[at(4, 5, 3)], 4, 1e-5);
  EXPECT_NEAR(map[at(0, 0, 0)], 1, 1e-5);
  EXPECT_NEAR(map[at(8, 10, 6)], 1, 1e-5);
  EXPECT_FLOAT_EQ(map[at(1, 5, 3)], map[at(7, 5, 3)]);
}

TEST(NoiseSpread, SideGrowsByTheSameFactorWithEachVoxel) {
  const std::vector<float> map = noise_towards_side(kSize, 32);
  for (std::int64_t j = 0; j < 10; ++j) EXPECT_NEAR(map[at(2, j + 1, 4)] / map[at(2, j, 4)], std::pow(32, 0.1), 1e-4);
  EXPECT_NEAR(map[at(0, 10, 0)], 32, 1e-3);
}

TEST(NoiseSpread, IsScaledByItsRootMeanSquareInsideTheObject) {
  std::vector<float> map{1, 2, 2, 9};
  scale_noise_map(map, {5, 5, 5, 0}, 10);  // sqrt((1 + 4 + 4) / 3) = sqrt(3)
  EXPECT_NEAR(map[0], 10 / std::sqrt(3.), 1e-5);
  EXPECT_NEAR(map[3], 90 / std::sqrt(3.), 1e-4);
  EXPECT_THROW(scale_noise_map(map, {0, 0, 0, 0}, 10), Error);
}

TEST(AddNoiseWithAMap, AddsToEachVoxelItsOwn) {
  constexpr std::size_t kCount = 400000;
  std::vector<float> sigma(kCount, 1), x(kCount, 50);
  std::fill(sigma.begin() + kCount / 2, sigma.end(), 5.f);
  add_gaussian_noise(x.data(), kCount, sigma.data(), 2);
  for (const auto& [begin, s] : {std::pair<std::size_t, double>{0, 1}, {kCount / 2, 5}}) {
    double squares = 0;
    for (std::size_t i = begin; i < begin + kCount / 2; ++i) squares += (x[i] - 50.) * (x[i] - 50.);
    EXPECT_NEAR(std::sqrt(squares / (kCount / 2)), s, 0.01 * s);
  }
}

TEST(AddNoiseWithAMap, OfOneSigmaIsThatOfTheScalar) {
  const std::vector<float> sigma(1000, 3), clean(1000, 7);
  std::vector<float> a = clean, b = clean;
  add_rician_noise(a.data(), a.size(), sigma.data(), 1);
  add_rician_noise(b.data(), b.size(), 3., 1);
  EXPECT_EQ(a, b);
  add_noncentral_chi_noise(a.data(), a.size(), sigma.data(), 3, 1);
  add_noncentral_chi_noise(b.data(), b.size(), 3., 3, 1);
  EXPECT_EQ(a, b);
}

}  // namespace
}  // namespace voxprior
