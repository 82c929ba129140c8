#include "pipeline/sampling/radial.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace voxprior {
namespace {

double at(const std::vector<float>& positions, std::int64_t spoke, std::int64_t samples, std::int64_t n, int axis) {
  return positions[static_cast<std::size_t>(3 * (spoke * samples + n) + axis)];
}

TEST(GoldenRadial, TheFirstSpokeOfASliceIsTheMiddleLineOfTheGrid) {
  for (const std::int64_t width : {12, 13}) {
    const std::vector<float> positions = golden_radial({width, 9, 1}, 1);
    ASSERT_EQ(positions.size(), static_cast<std::size_t>(3 * width));
    for (std::int64_t n = 0; n < width; ++n) {
      EXPECT_NEAR(at(positions, 0, width, n, 0), n - width / 2, 1e-5);
      EXPECT_EQ(at(positions, 0, width, n, 1), 0);
      EXPECT_EQ(at(positions, 0, width, n, 2), 0);
    }
  }
}

TEST(GoldenRadial, EverySpokePassesTheCentreAndStaysInKSpace) {
  const std::array<std::int64_t, 3> size{16, 10, 13};
  const std::int64_t samples = samples_per_spoke(size), spokes = 200;
  const std::vector<float> positions = golden_radial(size, spokes);
  for (std::int64_t spoke = 0; spoke < spokes; ++spoke) {
    double radius = 0;
    for (int axis = 0; axis < 3; ++axis) {
      const double half = 0.5 * static_cast<double>(size[axis]);
      EXPECT_NEAR(at(positions, spoke, samples, samples / 2, axis), 0, 1e-6);
      radius += std::pow(at(positions, spoke, samples, 0, axis) / half, 2);
    }
    EXPECT_NEAR(radius, 1, 1e-5);  // the first sample lies on the ellipsoid that k-space ends at
  }
}

// Of any number of spokes, the largest gap between neighbours is at most 1 + golden ratio times the smallest.
TEST(GoldenRadial, SpokesOfASliceAreSpreadEvenly) {
  for (const std::int64_t spokes : {7, 21, 50}) {
    const std::vector<float> positions = golden_radial({16, 16, 1}, spokes);
    std::vector<double> angles;
    for (std::int64_t spoke = 0; spoke < spokes; ++spoke)
      angles.push_back(
          std::fmod(std::atan2(at(positions, spoke, 16, 0, 1), at(positions, spoke, 16, 0, 0)) + 2 * M_PI, M_PI));
    std::sort(angles.begin(), angles.end());
    angles.push_back(angles.front() + M_PI);
    double least = M_PI, most = 0;
    for (std::size_t n = 1; n < angles.size(); ++n) {
      least = std::min(least, angles[n] - angles[n - 1]);
      most = std::max(most, angles[n] - angles[n - 1]);
    }
    EXPECT_LT(most / least, 2.62) << spokes;
  }
}

// The mean of x^2, y^2 and z^2 over directions that are spread evenly is a third.
TEST(GoldenRadial, SpokesOfAVolumeAreSpreadEvenly) {
  const std::int64_t spokes = 500;
  const std::vector<float> positions = golden_radial({8, 8, 8}, spokes);
  for (int axis = 0; axis < 3; ++axis) {
    double mean = 0;
    for (std::int64_t spoke = 0; spoke < spokes; ++spoke)
      mean += std::pow(at(positions, spoke, 8, 0, axis) / 4, 2) / static_cast<double>(spokes);
    EXPECT_NEAR(mean, 1. / 3, 0.01);
  }
}

}  // namespace
}  // namespace voxprior
