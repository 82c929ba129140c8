#include "pipeline/wavelet/haar.h"

#include <gtest/gtest.h>
#include <torch/autograd.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>

namespace voxprior {
namespace {

torch::Tensor random_volume(at::IntArrayRef shape, torch::Dtype type = torch::kFloat) {
  torch::manual_seed(3);
  return torch::randn(shape, type);
}

double largest_difference(const torch::Tensor& a, const torch::Tensor& b) { return (a - b).abs().max().item<double>(); }

TEST(Haar, InverseRestoresTheVolume) {
  const torch::Tensor x = random_volume({2, 1, 6, 10, 14});
  EXPECT_LT(largest_difference(haar_inverse(haar_forward(x)), x), 2e-6);  // measured 4e-7
  const torch::Tensor bands = random_volume({2, 8, 3, 5, 7});
  EXPECT_LT(largest_difference(haar_forward(haar_inverse(bands)), bands), 2e-6);  // measured 4e-7
}

TEST(Haar, MatrixIsOrthonormal) {
  const torch::Tensor basis = torch::eye(4 * 2 * 6, torch::kDouble).view({48, 1, 4, 2, 6});
  const torch::Tensor matrix = haar_forward(basis).view({48, 48});
  EXPECT_LT(largest_difference(matrix.mm(matrix.t()), torch::eye(48, torch::kDouble)), 1e-14);  // measured 1e-16
}

TEST(Haar, BandNumberSaysWhichAxesAreHighPass) {
  for (int band = 0; band < 8; ++band) {
    torch::Tensor x = torch::empty({1, 1, 2, 2, 2});
    for (int d = 0; d < 2; ++d)
      for (int h = 0; h < 2; ++h)
        for (int w = 0; w < 2; ++w) {
          const int sign_flips = (band & 4 ? d : 0) + (band & 2 ? h : 0) + (band & 1 ? w : 0);
          x[0][0][d][h][w] = sign_flips % 2 == 0 ? 1.0 : -1.0;
        }
    torch::Tensor expected = torch::zeros({1, 8, 1, 1, 1});
    expected[0][band] = std::sqrt(8.0);
    EXPECT_LT(largest_difference(haar_forward(x), expected), 1e-6) << "band " << band;
  }
}

TEST(Haar, WhiteNoiseKeepsItsVarianceInEveryBand) {
  const torch::Tensor noise = 0.3 * random_volume({1, 1, 64, 64, 64});
  const torch::Tensor bands = haar_forward(noise)[0];
  for (int band = 0; band < 8; ++band)
    EXPECT_NEAR(bands[band].std().item<double>(), 0.3, 0.006)
        << "band " << band;  // standard error 0.0012, largest 0.0023
}

TEST(Haar, ReadsAStridedView) {
  const torch::Tensor x = random_volume({1, 1, 4, 6, 8}).transpose(2, 4);
  EXPECT_TRUE(torch::equal(haar_forward(x), haar_forward(x.contiguous())));
}

TEST(Haar, GradientMatchesFiniteDifferences) {
  const torch::Tensor weights = random_volume({1, 8, 2, 1, 1}, torch::kDouble);
  const auto loss = [&](const torch::Tensor& x) { return (haar_forward(x).pow(3) * weights).sum(); };
  const torch::Tensor x = random_volume({1, 1, 4, 2, 2}, torch::kDouble).requires_grad_();
  const torch::Tensor gradient = torch::autograd::grad({loss(x)}, {x})[0];

  const torch::NoGradGuard no_grad;
  const torch::Tensor direction = torch::cos(torch::arange(16, torch::kDouble)).view_as(x);
  const double step = 1e-5;
  const double slope = ((loss(x + step * direction) - loss(x - step * direction)) / (2 * step)).item<double>();
  EXPECT_NEAR((gradient * direction).sum().item<double>(), slope, 1e-7 * std::abs(slope));  // measured 2e-10
}

TEST(Haar, GradientOfTheInverseIsTheForwardTransform) {
  const torch::Tensor bands = random_volume({1, 8, 2, 3, 1}).requires_grad_();
  const torch::Tensor weights = random_volume({1, 1, 4, 6, 2});
  const torch::Tensor gradient = torch::autograd::grad({(haar_inverse(bands) * weights).sum()}, {bands})[0];
  EXPECT_TRUE(torch::equal(gradient, haar_forward(weights)));
}

TEST(Haar, RefusesOddSizesAndWrongChannels) {
  EXPECT_THROW(haar_forward(torch::zeros({1, 1, 3, 4, 4})), c10::Error);
  EXPECT_THROW(haar_forward(torch::zeros({1, 1, 4, 5, 4})), c10::Error);
  EXPECT_THROW(haar_forward(torch::zeros({1, 1, 4, 4, 7})), c10::Error);
  EXPECT_THROW(haar_forward(torch::zeros({1, 2, 4, 4, 4})), c10::Error);
  EXPECT_THROW(haar_inverse(torch::zeros({1, 7, 4, 4, 4})), c10::Error);
  EXPECT_THROW(haar_inverse(torch::zeros({8, 4, 4, 4})), c10::Error);
}

}  // namespace
}  // namespace voxprior
