#include "pipeline/sampling/coil_maps.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace voxprior {
namespace {

using Complex = std::complex<float>;
constexpr std::array<std::int64_t, 3> kSize{9, 8, 5};
constexpr std::size_t kVoxels = 360;

TEST(RingOfCoils, TheSumOfSquaresIsOne) {
  for (const std::int64_t coils : {1, 4, 8}) {
    const std::vector<Complex> maps = ring_of_coils(kSize, coils);
    ASSERT_EQ(maps.size(), static_cast<std::size_t>(coils) * kVoxels);
    for (std::size_t n = 0; n < kVoxels; ++n) {
      double power = 0;
      for (std::size_t c = 0; c < static_cast<std::size_t>(coils); ++c) power += std::norm(maps[c * kVoxels + n]);
      EXPECT_NEAR(power, 1, 1e-5);
    }
  }
}

TEST(RingOfCoils, EachSeesItsOwnSideBest) {
  const std::vector<Complex> maps = ring_of_coils(kSize, 4);
  const auto at = [](int i, int j) { return static_cast<std::size_t>((2 * 8 + j) * 9 + i); };
  EXPECT_GT(std::abs(maps[at(8, 4)]), 2 * std::abs(maps[at(0, 4)]));                      // the first, at +i
  EXPECT_GT(std::abs(maps[kVoxels + at(4, 7)]), 2 * std::abs(maps[kVoxels + at(4, 0)]));  // the second, at +j
}

TEST(RingOfCoils, AreSmooth) {
  const std::vector<Complex> maps = ring_of_coils({64, 64, 1}, 8);
  double steepest = 0;
  for (std::size_t n = 1; n < maps.size(); ++n)
    if (n % 64 != 0) steepest = std::max<double>(steepest, std::abs(maps[n] - maps[n - 1]));
  EXPECT_LT(steepest, 0.06);
}

TEST(SmoothPhase, StaysWithinTwoRadians) {
  const std::vector<float> phase = smooth_phase(kSize);
  const auto [least, greatest] = std::minmax_element(phase.begin(), phase.end());
  EXPECT_GT(*greatest - *least, 0.5);
  EXPECT_LT(*greatest - *least, 3);
}

}  // namespace
}  // namespace voxprior
