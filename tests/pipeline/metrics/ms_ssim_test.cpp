#include "pipeline/metrics/ms_ssim.h"

#include <gtest/gtest.h>

#include <cmath>

#include "pipeline/metrics/ssim.h"
#include "tests/pipeline/metrics/features/random_image.h"

namespace voxprior {
namespace {

TEST(MsSsim, HasTheScalesThatFit) {
  EXPECT_EQ(ms_ssim_scales({256, 256, 176}), 5);
  EXPECT_EQ(ms_ssim_scales({256, 256, 175}), 4);  // 175 / 16 = 10
  EXPECT_EQ(ms_ssim_scales({80, 96, 80}), 3);
  EXPECT_EQ(ms_ssim_scales({8, 8, 8}), 1);
}

TEST(MsSsim, OfAnImageWithItselfIsOne) {
  const Image image = test::blobs({24, 22, 26}, 1);
  EXPECT_NEAR(ms_ssim_3d(image, image), 1, 1e-6);
}

TEST(MsSsim, OfOneScaleIsSsim) {
  const Image a = test::blobs({12, 16, 20}, 1);
  Image b = test::blobs({12, 16, 20}, 2);
  for (std::size_t n = 0; n < b.voxels.size(); ++n) b.voxels[n] = 0.3f * b.voxels[n] + 0.7f * a.voxels[n];
  EXPECT_NEAR(ms_ssim_3d(a, b), ssim_3d(a.voxels.data(), b.voxels.data(), a.size, 1).mean, 1e-6);
}

TEST(MsSsim, OfConstantsIsTheLuminanceOfTheCoarsestScaleToItsWeight) {
  // 24 voxels: two scales, weights 0.0448 and 0.2856 over their sum. Contrast and structure of constants are 1.
  const double luminance = (2 * 0.3 * 0.6 + 1e-4) / (0.09 + 0.36 + 1e-4);
  EXPECT_NEAR(ms_ssim_3d(test::constant_image({24, 24, 24}, 0.3f), test::constant_image({24, 24, 24}, 0.6f)),
              std::pow(luminance, 0.2856 / 0.3304), 1e-4);  // float rounding of local variances, measured 2e-5
}

TEST(MsSsim, OfAnImageWithItsNegativeIsZeroAndNotComplex) {
  const Image a = test::blobs({24, 24, 24}, 3);
  Image b = a;
  for (float& v : b.voxels) v = 1 - v;
  EXPECT_EQ(ms_ssim_3d(a, b), 0);
}

TEST(SsimMeans, FactoriseIntoLuminanceForConstants) {
  const Image a = test::constant_image({12, 12, 12}, 0.3f), b = test::constant_image({12, 12, 12}, 0.6f);
  const SsimMeans m = ssim_means_3d(a.voxels.data(), b.voxels.data(), a.size, 1);
  EXPECT_NEAR(m.contrast_structure, 1, 1e-4);
  EXPECT_NEAR(m.ssim, (2 * 0.3 * 0.6 + 1e-4) / (0.45 + 1e-4), 1e-4);
}

}  // namespace
}  // namespace voxprior
