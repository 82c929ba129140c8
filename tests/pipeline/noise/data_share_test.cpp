#include "pipeline/noise/data_share.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace voxprior {
namespace {

const std::array<std::int64_t, 3> kSize{24, 21, 18};
const std::array<double, 3> kSpacing{1, 1, 1.5};
constexpr std::size_t kVoxels = 24 * 21 * 18;

/// All probes of a denoiser that answers a change by `respond`.
template <typename Respond>
std::vector<float> shares_of(const Respond& respond, const std::vector<float>& amplitude) {
  DataShare share(kSize, kSpacing, 5);
  for (int n = 0; n < DataShare::kProbes; ++n) {
    std::vector<float> change = share.pattern(n);
    for (std::size_t i = 0; i < change.size(); ++i) change[i] *= amplitude[amplitude.size() == 1 ? 0 : i];
    share.learn(n, respond(change), amplitude);
  }
  return share.shares();
}

TEST(DataShare, CubesAreAsNearToTheEdgeAskedForAsEqualPartsAllow) {
  const DataShare share(kSize, kSpacing, 5);
  EXPECT_DOUBLE_EQ(share.edge_mm()[0], 24 / 5.);  // 5 cubes
  EXPECT_DOUBLE_EQ(share.edge_mm()[1], 21 / 4.);  // 4
  EXPECT_DOUBLE_EQ(share.edge_mm()[2], 27 / 5.);  // 5
  const DataShare odd({3, 3, 3}, {0.1, 20, 1}, 5);
  EXPECT_NEAR(odd.edge_mm()[0], 0.3, 1e-12);  // the whole volume
  EXPECT_DOUBLE_EQ(odd.edge_mm()[1], 20);     // single voxels
}

TEST(DataShare, EachVoxelIsInOneProbeAndNoTwoCubesOfOneTouch) {
  const DataShare share(kSize, kSpacing, 5);
  std::vector<int> probes(kVoxels);
  int up = 0, down = 0;
  for (int n = 0; n < DataShare::kProbes; ++n) {
    const std::vector<float> pattern = share.pattern(n);
    for (std::size_t i = 0; i < kVoxels; ++i) {
      probes[i] += pattern[i] != 0;
      up += pattern[i] > 0;
      down += pattern[i] < 0;
      const bool beside = i % 24 != 0 && pattern[i - 1] != 0 && pattern[i] != 0;
      if (beside) {
        EXPECT_EQ(pattern[i - 1], pattern[i]);
      }
    }
  }
  EXPECT_EQ(std::count(probes.begin(), probes.end(), 1), static_cast<std::ptrdiff_t>(kVoxels));
  EXPECT_NEAR(up / static_cast<double>(up + down), 0.5, 0.15);  // 100 cubes
}

TEST(DataShare, OfAGainIsThatGainWhateverTheAmplitude) {
  // The posterior mean of Gaussian data: a change comes through by the share of the data in the variance.
  const auto first_half = [](std::size_t i) { return i < kVoxels / 2; };
  const auto respond = [&](std::vector<float> change) {
    for (std::size_t i = 0; i < change.size(); ++i) change[i] *= first_half(i) ? 0.9F : 0.2F;
    return change;
  };
  std::vector<float> amplitude(kVoxels, 0.01F);
  for (std::size_t i = 0; i < kVoxels; ++i) amplitude[i] *= 1 + static_cast<float>(i % 7);
  for (const std::vector<float>& a : {std::vector<float>{0.02F}, amplitude}) {
    const std::vector<float> shares = shares_of(respond, a);
    EXPECT_NEAR(shares.front(), 0.9, 1e-5);
    EXPECT_NEAR(shares.back(), 0.2, 1e-5);
  }
}

/// The mean over 3 voxels along i.
std::vector<float> smoothed(const std::vector<float>& x) {
  std::vector<float> y = x;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (i % 24 != 0 && i % 24 != 23) y[i] = (x[i - 1] + x[i] + x[i + 1]) / 3;
  return y;
}

TEST(DataShare, OfAFilterIsWhatStaysInTheCube) {
  // Cubes of a row are 5 5 5 5 4 voxels wide. At each side with a neighbour a third of one voxel is lost.
  const std::vector<float> shares = shares_of(smoothed, {1.F});
  const std::size_t row = (9 * 21 + 10) * 24;
  EXPECT_NEAR(shares[row], 1 - 1. / 15, 1e-5);
  EXPECT_NEAR(shares[row + 7], 1 - 2. / 15, 1e-5);
  EXPECT_NEAR(shares[row + 23], 1 - 1. / 12, 1e-5);
}

TEST(DataShare, WhatReachesACubeFromTheOthersCancelsOnAverage) {
  // A denoiser that adds half the mean of the change over the whole volume: each cube gets what all others put in.
  const auto respond = [](std::vector<float> change) {
    double sum = 0;
    for (const float c : change) sum += static_cast<double>(c);
    for (float& c : change) c = 0.3F * c + static_cast<float>(0.5 * sum / 300);
    return change;
  };
  const std::vector<float> shares = shares_of(respond, {1.F});
  double mean = 0;
  for (const float s : shares) mean += static_cast<double>(s) / static_cast<double>(kVoxels);
  // Of its own change of about 90 voxels a cube gets back 0.5 * 90 / 300. Without signs it would get 2 from the others.
  EXPECT_NEAR(mean, 0.3 + 0.5 * 90 / 300, 0.3);
}

}  // namespace
}  // namespace voxprior
