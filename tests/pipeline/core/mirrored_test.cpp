#include "pipeline/core/mirrored.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <vector>

namespace voxprior {
namespace {

// Shifts everything by one voxel along each axis: commutes with no mirror.
torch::Tensor shifted(const torch::Tensor& x, double) { return x.roll({1, 1, 1}, {2, 3, 4}); }

torch::Tensor volume() {
  torch::manual_seed(3);
  return torch::rand({1, 1, 4, 6, 8}, torch::kFloat64);
}

TEST(AveragedOverMirrors, OneIsTheDenoiserItself) {
  const torch::Tensor x = volume();
  EXPECT_TRUE(averaged_over_mirrors(shifted, 1)(x, 0.1).equal(shifted(x, 0.1)));
}

TEST(AveragedOverMirrors, TwoAverageAShiftWithItsOpposite) {
  const torch::Tensor x = volume();
  const torch::Tensor expected = (x.roll({1, 1, 1}, {2, 3, 4}) + x.roll({-1, -1, -1}, {2, 3, 4})) / 2;
  EXPECT_TRUE(averaged_over_mirrors(shifted, 2)(x, 0.1).allclose(expected));
}

TEST(AveragedOverMirrors, EightCommuteWithEveryMirror) {
  const torch::Tensor x = volume();
  const Denoiser average = averaged_over_mirrors(shifted, 8);
  const std::vector<std::vector<std::int64_t>> mirrors = {{2}, {3}, {4}, {2, 3}, {2, 4}, {3, 4}, {2, 3, 4}};
  for (const auto& axes : mirrors)
    EXPECT_TRUE(average(x.flip(axes), 0.1).allclose(average(x, 0.1).flip(axes))) << axes.size();
}

TEST(AveragedOverMirrors, FourCommuteWithTheirOwnMirrors) {
  const torch::Tensor x = volume();
  const Denoiser average = averaged_over_mirrors(shifted, 4);
  const std::vector<std::vector<std::int64_t>> mirrors = {{2}, {3, 4}, {2, 3, 4}};
  for (const auto& axes : mirrors)
    EXPECT_TRUE(average(x.flip(axes), 0.1).allclose(average(x, 0.1).flip(axes))) << axes.size();
}

TEST(AveragedOverMirrors, PassesSigmaOn) {
  const Denoiser scale = [](const torch::Tensor& x, double sigma) { return x * sigma; };
  const torch::Tensor x = volume();
  EXPECT_TRUE(averaged_over_mirrors(scale, 4)(x, 0.25).allclose(x * 0.25));
}

TEST(AveragedOverMirrors, OtherCountsAreRefused) {
  EXPECT_THROW(averaged_over_mirrors(shifted, 3), c10::Error);
  EXPECT_THROW(averaged_over_mirrors(shifted, 0), c10::Error);
}

}  // namespace
}  // namespace voxprior
