#include "pipeline/metrics/features/power_spectrum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/pipeline/metrics/features/random_image.h"

namespace voxprior {
namespace {

TEST(RadialPowerSpectrum, OfWhiteNoiseIsFlatAndKnown) {
  const auto found = radial_power_spectrum(test::noise_image({40, 48, 36}, 1, 0, 0.3f));
  // Shell s holds about 4 pi s^2 ds of 69120 frequencies: above shell 6 more than 500 independent ones, so that
  // log10 of their mean scatters by less than 0.02.
  for (int s = 6; s < kSpectrumShells; ++s) EXPECT_NEAR(found[s], std::log10(0.09 * 27 / 512), 0.08) << s;
}

TEST(RadialPowerSpectrum, PutsAWaveInItsShell) {
  Image wave = test::constant_image({48, 40, 44}, 0);
  for (std::int64_t k = 0; k < 44; ++k)
    for (std::int64_t j = 0; j < 40; ++j)
      for (std::int64_t i = 0; i < 48; ++i)
        wave.voxels[wave.at(i, j, k)] = std::sin(2 * static_cast<float>(M_PI) * static_cast<float>(i) * 0.26f);
  const auto found = radial_power_spectrum(wave);
  EXPECT_EQ(std::max_element(found.begin(), found.end()) - found.begin(), 12);  // 0.26 * 48 = 12.48
}

TEST(SpectrumDistance, OfTwiceTheAmplitudeIsSixDecibels) {
  Image image = test::noise_image({16, 16, 16}, 1, 0, 1);
  const auto once = radial_power_spectrum(image);
  for (float& v : image.voxels) v *= 2;
  EXPECT_NEAR(spectrum_distance_db(once, radial_power_spectrum(image)), 20 * std::log10(2.), 1e-4);
}

TEST(RadialPowerSpectrum, OfNothingIsFinite) {
  for (const double v : radial_power_spectrum(test::constant_image({4, 3, 2}, 0))) EXPECT_EQ(v, -12);
}

}  // namespace
}  // namespace voxprior
