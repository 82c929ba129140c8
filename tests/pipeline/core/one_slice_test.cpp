#include "pipeline/core/one_slice.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>

namespace voxprior {
namespace {

constexpr double kDataStd = 0.5;

/// The best denoiser of volumes that are constant along D, their slices white of std kDataStd: the mean along D holds
/// all there is to know, and its noise has variance sigma^2 / D.
torch::Tensor constant_along_d(const torch::Tensor& x, double sigma) {
  const double noise = sigma * sigma / static_cast<double>(x.size(2));
  return x.mean(2, true).expand_as(x) * (kDataStd * kDataStd / (kDataStd * kDataStd + noise));
}

torch::Tensor volume(std::int64_t depth) {
  torch::manual_seed(2);
  return torch::randn({2, 1, depth, 5, 6}, torch::kFloat64);
}

TEST(OverOneSlice, ASliceIsDenoisedAsTheBestDenoiserOfSlicesDoes) {
  const torch::Tensor x = volume(1);
  const double sigma = 0.3, wiener = kDataStd * kDataStd / (kDataStd * kDataStd + sigma * sigma);
  const torch::Tensor clean = over_one_slice(constant_along_d, 8)(x, sigma);
  EXPECT_EQ(clean.sizes(), x.sizes());
  EXPECT_TRUE(clean.allclose(wiener * x));
}

TEST(OverOneSlice, AskedForThePlainLevelTheSameDenoiserKeepsTheNoise) {
  const torch::Tensor x = volume(1);
  const double sigma = 0.3, wiener = kDataStd * kDataStd / (kDataStd * kDataStd + sigma * sigma);
  const torch::Tensor wrong = constant_along_d(x.repeat({1, 1, 8, 1, 1}), sigma).mean(2, true);
  EXPECT_GT((wrong - wiener * x).norm().item<double>() / x.norm().item<double>(), 0.2);
}

TEST(OverOneSlice, VolumesAreLeftToTheDenoiser) {
  const torch::Tensor x = volume(3);
  EXPECT_TRUE(over_one_slice(constant_along_d, 8)(x, 0.3).equal(constant_along_d(x, 0.3)));
}

TEST(OverOneSlice, IsDifferentiable) {
  const torch::Tensor x = volume(1).requires_grad_(true);
  EXPECT_TRUE(over_one_slice(constant_along_d, 4)(x, 0.3).requires_grad());
}

}  // namespace
}  // namespace voxprior
