#include "pipeline/core/weak_noise.h"

#include <gtest/gtest.h>
#include <torch/types.h>

namespace voxprior {
namespace {

constexpr double kDataStd = 0.5;

torch::Tensor wiener(const torch::Tensor& x, double sigma) {
  return x * (kDataStd * kDataStd / (kDataStd * kDataStd + sigma * sigma));
}

/// A network that must not be asked below 0.01.
torch::Tensor trained_from_a_hundredth(const torch::Tensor& x, double sigma) {
  EXPECT_GE(sigma, 0.01);
  return wiener(x, sigma);
}

TEST(ExtendedBelow, IsTheWienerFilterWhereNoiseIsFarWeakerThanTheData) {
  const Denoiser denoise = extended_below(trained_from_a_hundredth, 0.01);
  const torch::Tensor x = torch::linspace(-1, 1, 8, torch::kDouble).view({1, 1, 2, 2, 2});
  for (const double sigma : {0.0001, 0.001, 0.005, 0.0099}) {
    const torch::Tensor change = denoise(x, sigma) - x;
    EXPECT_TRUE(change.allclose(wiener(x, sigma) - x, 1e-3, 0)) << sigma;  // (sigma_min / data)^2 = 4e-4
  }
}

TEST(ExtendedBelow, ChangesNothingInTheRangeTrainedOn) {
  const Denoiser denoise = extended_below(trained_from_a_hundredth, 0.01);
  const torch::Tensor x = torch::ones({1, 1, 2, 2, 2});
  for (const double sigma : {0.01, 0.3}) EXPECT_TRUE(denoise(x, sigma).equal(wiener(x, sigma)));
  EXPECT_THROW(extended_below(wiener, 0), c10::Error);
}

}  // namespace
}  // namespace voxprior
