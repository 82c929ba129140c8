#include "pipeline/reconstruction/image_denoiser.h"

#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "tests/pipeline/reconstruction/gaussian_problem.h"

namespace voxprior {
namespace {

/// A denoiser that, like one trained on magnitude images, knows that images are not negative.
torch::Tensor not_negative(const torch::Tensor& x, double) { return x.clamp_min(0); }

torch::Tensor smooth_phase() {
  const torch::Tensor ramp = torch::linspace(-1, 1, 16);
  return torch::polar(torch::ones({16, 16, 16}), 2 * ramp.view({-1, 1, 1}) + ramp.view({-1, 1}) * ramp + 2.5);
}

torch::Tensor anatomy() {
  torch::manual_seed(1);
  const torch::Tensor axis = torch::linspace(-1, 1, 16).square();
  return torch::exp(-2 * (axis.view({-1, 1, 1}) + axis.view({-1, 1}) + axis)) * (1 + 0.3 * torch::rand({16, 16, 16}));
}

TEST(ComplexImageDenoiser, ShowsTheDenoiserTheAnatomyInTheRealPart) {
  const torch::Tensor u = anatomy() * smooth_phase();
  const ImageDenoiser turned = complex_image_denoiser(not_negative, low_resolution_phase(u, 1));
  // What the phase estimate misses is small, and half of it negative.
  EXPECT_LT(test::relative_error(turned(u, 0.1), u), 0.1);
  // Without the turn, most of the image is in what the denoiser takes away.
  const ImageDenoiser plain = complex_image_denoiser(not_negative, torch::ones_like(u));
  EXPECT_GT(test::relative_error(plain(u, 0.1), u), 0.5);
}

TEST(ComplexImageDenoiser, OfALinearDenoiserDoesNotDependOnThePhase) {
  const torch::Tensor u = anatomy() * smooth_phase();
  const ImageDenoiser denoise = complex_image_denoiser(test::gaussian_denoiser(0.5), smooth_phase());
  EXPECT_LT(test::relative_error(denoise(u, 0.5), 0.5 * u), 1e-6);
}

TEST(LowResolutionPhase, IsTheSmoothPhaseOfAnImage) {
  const torch::Tensor phase = smooth_phase(), inside = anatomy() > 0.2;
  const torch::Tensor found = low_resolution_phase(anatomy() * phase, 1);
  EXPECT_NEAR(found.abs().sub(1).abs().max().item().toDouble(), 0, 1e-5);
  EXPECT_LT((found - phase).abs().masked_select(inside).mean().item().toDouble(), 0.15);
  EXPECT_TRUE(torch::equal(low_resolution_phase(torch::zeros({3, 1, 2}, torch::kComplexFloat), 0.25),
                           torch::ones({3, 1, 2}, torch::kComplexFloat)));
}

TEST(RealImageDenoiser, KeepsShapeAndType) {
  const torch::Tensor u = torch::ones({2, 3, 4}, torch::kDouble);
  const torch::Tensor clean = real_image_denoiser([](const torch::Tensor& x, double) {
    EXPECT_EQ(x.sizes(), (std::vector<std::int64_t>{1, 1, 2, 3, 4}));
    EXPECT_EQ(x.scalar_type(), torch::kFloat32);
    return 2 * x;
  })(u, 0.1);
  EXPECT_TRUE(torch::equal(clean, 2 * u));
}

}  // namespace
}  // namespace voxprior
