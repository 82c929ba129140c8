#include "pipeline/metrics/ssim.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/error.h"
#include "pipeline/noise/random.h"

namespace voxprior {
namespace {

using Size = std::array<std::int64_t, 3>;
constexpr Size kSize{23, 17, 31};
constexpr double kPeak = 5;

std::vector<float> random_volume(std::uint64_t stream, float level) {
  std::vector<float> x(static_cast<std::size_t>(kSize[0] * kSize[1] * kSize[2]));
  fill_gaussian(x.data(), x.size(), 3, stream);
  for (float& v : x) v += level;
  return x;
}

/// The definition, straight: every weight of the window that lies in the volume, in double.
double ssim_at(const std::vector<float>& x, const std::vector<float>& y, const Size& at) {
  double w = 0, mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
  for (std::int64_t k = 0; k < kSize[2]; ++k)
    for (std::int64_t j = 0; j < kSize[1]; ++j)
      for (std::int64_t i = 0; i < kSize[0]; ++i) {
        const double di = i - at[0], dj = j - at[1], dk = k - at[2];
        if (std::fabs(di) > 5 || std::fabs(dj) > 5 || std::fabs(dk) > 5) continue;
        const double g = std::exp(-(di * di + dj * dj + dk * dk) / (2 * 1.5 * 1.5));
        const double a = x[(k * kSize[1] + j) * kSize[0] + i], b = y[(k * kSize[1] + j) * kSize[0] + i];
        w += g, mx += g * a, my += g * b, xx += g * a * a, yy += g * b * b, xy += g * a * b;
      }
  mx /= w, my /= w;
  const double vx = xx / w - mx * mx, vy = yy / w - my * my, vxy = xy / w - mx * my;
  const double c1 = 0.0001 * kPeak * kPeak, c2 = 0.0009 * kPeak * kPeak;
  return (2 * mx * my + c1) * (2 * vxy + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2));
}

TEST(Ssim3d, FollowsTheDefinitionInsideAndAtTheBorder) {
  const auto x = random_volume(0, 2), noise = random_volume(1, 0);
  auto y = x;
  for (std::size_t i = 0; i < y.size(); ++i) y[i] += 0.7f * noise[i];
  const std::vector<float> map = ssim_map_3d(x.data(), y.data(), kSize, kPeak);
  for (const Size& at : {Size{11, 8, 15}, Size{0, 0, 0}, Size{22, 16, 30}, Size{3, 16, 12}, Size{7, 5, 1}})
    EXPECT_NEAR(map[(at[2] * kSize[1] + at[1]) * kSize[0] + at[0]], ssim_at(x, y, at), 1e-5);  // measured 4e-7
}

TEST(Ssim3d, OfIdenticalVolumesIsOne) {
  const auto x = random_volume(0, 2);
  EXPECT_NEAR(ssim_3d(x.data(), x.data(), kSize, kPeak).mean, 1, 1e-6);
}

TEST(Ssim3d, OfTwoConstantsIsTheLuminanceTerm) {
  const std::vector<float> x(kSize[0] * kSize[1] * kSize[2], 3), y(x.size(), 2);
  const double c1 = 0.0001 * kPeak * kPeak;
  EXPECT_NEAR(ssim_3d(x.data(), y.data(), kSize, kPeak).mean, (12 + c1) / (13 + c1), 1e-6);
}

TEST(Ssim3d, KeepsItsPrecisionFarFromZero) {
  const auto x = random_volume(0, 2), y = random_volume(1, 2);
  auto far_x = x, far_y = y;
  for (float& v : far_x) v += 4096;
  for (float& v : far_y) v += 4096;
  const std::vector<float> map = ssim_map_3d(far_x.data(), far_y.data(), kSize, kPeak);
  const Size at{11, 8, 15};
  EXPECT_NEAR(map[(at[2] * kSize[1] + at[1]) * kSize[0] + at[0]], ssim_at(far_x, far_y, at), 1e-4);
}

TEST(Ssim3d, AveragesOverTheMaskAndSaysOverHowMuch) {
  const auto x = random_volume(0, 2), y = random_volume(1, 2);
  const auto map = ssim_map_3d(x.data(), y.data(), kSize, kPeak);
  std::vector<std::uint8_t> mask(x.size());
  mask[5] = mask[77] = 1;
  const Ssim found = ssim_3d(x.data(), y.data(), kSize, kPeak, mask.data());
  EXPECT_NEAR(found.mean, (map[5] + map[77]) / 2, 1e-7);
  EXPECT_EQ(found.voxels, 2);
  EXPECT_EQ(found.peak, kPeak);
}

TEST(Ssim3d, DoesNotDependOnTheNumberOfThreads) {
  const Size size{9, 8, 150};
  std::vector<float> x(9 * 8 * 150), y = x;
  fill_gaussian(x.data(), x.size(), 1, 0);
  fill_gaussian(y.data(), y.size(), 2, 0);
  EXPECT_EQ(ssim_map_3d(x.data(), y.data(), size, 1, 1), ssim_map_3d(x.data(), y.data(), size, 1, 5));
}

TEST(Ssim3d, AcceptsVolumesThinnerThanItsWindow) {
  const std::vector<float> x(20 * 3 * 1, 1);
  EXPECT_NEAR(ssim_3d(x.data(), x.data(), {20, 3, 1}, 1).mean, 1, 1e-6);
}

TEST(Ssim3d, RefusesAnEmptyMaskAndNoRange) {
  const float x = 1;
  const std::uint8_t nothing = 0;
  EXPECT_THROW(ssim_3d(&x, &x, {1, 1, 1}, 1, &nothing), Error);
  EXPECT_THROW(ssim_3d(&x, &x, {1, 1, 1}, -1), Error);
}

}  // namespace
}  // namespace voxprior
