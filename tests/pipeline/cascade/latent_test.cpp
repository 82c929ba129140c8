#include "pipeline/cascade/latent.h"

#include <gtest/gtest.h>

#include <cmath>

#include "pipeline/samplers/schedule.h"
#include "pipeline/wavelet/haar.h"
#include "tests/pipeline/cascade/gaussian_cascade.h"

namespace voxprior {
namespace {

using test::gaussian_cascade;
using test::gaussian_volume;

double relative_error(int steps) {
  const Cascade cascade = gaussian_cascade(steps);
  const torch::Tensor x = gaussian_volume();
  const torch::Tensor back = decode_latent(cascade, encode_volume(cascade, x));
  return ((back - x).norm() / x.norm()).item<double>();
}

TEST(Latent, OfAVolumeOfTheRightDistributionIsWhiteNoiseOfUnitVarianceAtEveryLevel) {
  const torch::Tensor latent = encode_volume(gaussian_cascade(60), gaussian_volume());
  const torch::Tensor bands = haar_forward(latent), coarser = haar_forward(bands.narrow(1, 0, 1));
  EXPECT_NEAR(bands.narrow(1, 1, 7).square().mean().item<double>(), 1, 0.03);    // 26880 values: +- 0.009
  EXPECT_NEAR(coarser.narrow(1, 1, 7).square().mean().item<double>(), 1, 0.08);  // 3360: +- 0.024
  EXPECT_NEAR(coarser.narrow(1, 0, 1).square().mean().item<double>(), 1, 0.2);   // 480: +- 0.065
}

TEST(Latent, DecodingGivesTheVolumeBackBetterWithMoreSteps) {
  const double coarse = relative_error(10), fine = relative_error(40);
  EXPECT_LT(fine, 1e-4);
  EXPECT_LT(fine, coarse / 10);
}

TEST(Latent, InterpolationKeepsTheNormOfNoiseAndEndsAtItsEnds) {
  torch::manual_seed(0);
  const torch::Tensor a = torch::randn({1, 1, 16, 16, 16}), b = torch::randn({1, 1, 16, 16, 16});
  EXPECT_TRUE(torch::allclose(interpolate_latents(a, b, 0), a));
  EXPECT_TRUE(torch::allclose(interpolate_latents(a, b, 1), b, 1e-5, 1e-6));
  EXPECT_NEAR(interpolate_latents(a, b, 0.5).norm().item<double>(), a.norm().item<double>(), 1.5);  // 64 +- 0.7
  EXPECT_TRUE(torch::allclose(interpolate_latents(a, a, 0.3), a));
}

TEST(Latent, AVolumeOnAnotherGridIsABugOfTheCaller) {
  EXPECT_ANY_THROW(encode_volume(gaussian_cascade(5), torch::zeros({1, 1, 32, 24, 36})));
}

}  // namespace
}  // namespace voxprior
