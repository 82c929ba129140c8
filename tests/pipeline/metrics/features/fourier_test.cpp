#include "pipeline/metrics/features/fourier.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/pipeline/metrics/features/random_image.h"

namespace voxprior {
namespace {

constexpr std::array<std::int64_t, 3> kSize{6, 5, 7};  // unequal, and not powers of two

TEST(FourierTransform, OfAShiftedPointIsAPlaneWave) {
  Image image = test::constant_image(kSize, 0);
  image.voxels[image.at(2, 1, 3)] = 1;
  const Spectrum spectrum = fourier_transform(image);
  for (std::int64_t c = 0; c < 7; ++c)
    for (std::int64_t b = 0; b < 5; ++b)
      for (std::int64_t a = 0; a < 6; ++a) {
        const double phase = -2 * M_PI * (2.0 * a / 6 + 1.0 * b / 5 + 3.0 * c / 7);
        const std::complex<float> found = spectrum[image.at(a, b, c)];
        EXPECT_NEAR(found.real(), std::cos(phase), 1e-5);  // float rounding, measured 3e-7
        EXPECT_NEAR(found.imag(), std::sin(phase), 1e-5);
      }
}

}  // namespace
}  // namespace voxprior
