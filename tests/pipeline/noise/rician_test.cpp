#include "pipeline/noise/rician.h"

#include <gtest/gtest.h>

#include <cmath>

namespace voxprior {
namespace {

TEST(BesselScaled, MatchesTheStandardLibraryWhereThatDoesNotOverflow) {
  for (const double x : {0.0, 0.01, 1.0, 7.5, 29.99, 30.01, 90.0, 600.0}) {
    EXPECT_NEAR(bessel_i0_scaled(x) / (std::cyl_bessel_i(0.0, x) * std::exp(-x)), 1, 1e-13) << x;
    EXPECT_NEAR(bessel_i1_scaled(x), std::cyl_bessel_i(1.0, x) * std::exp(-x), 1e-13) << x;
  }
}

TEST(BesselScaled, StaysFiniteFarOutAndKeepsItsSymmetry) {
  EXPECT_NEAR(bessel_i0_scaled(1e8) * std::sqrt(2 * M_PI * 1e8), 1, 1e-8);
  EXPECT_EQ(bessel_i0_scaled(-3), bessel_i0_scaled(3));
  EXPECT_EQ(bessel_i1_scaled(-3), -bessel_i1_scaled(3));
}

TEST(RicianMean, IsTheRayleighMeanWithoutSignalAndTheSignalFarFromNoise) {
  EXPECT_DOUBLE_EQ(rician_mean(0), std::sqrt(M_PI / 2));
  EXPECT_NEAR(rician_mean(1000) - 1000, 1 / 2000., 1e-9);
}

TEST(RicianMoments, AreThoseOfTheDensity) {
  for (const double nu : {0.0, 0.3, 1.0, 2.5, 8.0}) {
    double mass = 0, first = 0, second = 0;
    const double h = 1e-3;
    for (double r = h; r < nu + 12; r += h) {
      const double p = rician_density(r, nu) * h;
      mass += p, first += p * r, second += p * r * r;
    }
    EXPECT_NEAR(mass, 1, 1e-6) << nu;
    EXPECT_NEAR(first, rician_mean(nu), 1e-6) << nu;
    EXPECT_NEAR(second, rician_second_moment(nu), 1e-6) << nu;
    EXPECT_NEAR(std::sqrt(second - first * first), rician_sd(nu), 1e-6) << nu;
  }
}

TEST(RicianSd, IsContinuousWhereTheSeriesTakesOver) { EXPECT_NEAR(rician_sd(39.999), rician_sd(40.001), 1e-7); }

TEST(RicianNuOfMean, InvertsTheMean) {
  for (const double nu : {0.1, 1.0, 4.0, 50.0, 999.0, 5000.0})
    EXPECT_NEAR(rician_nu_of_mean(rician_mean(nu)) / nu, 1, 1e-9) << nu;
  EXPECT_EQ(rician_nu_of_mean(0.5), 0);
}

TEST(KoayCorrection, RecoversSignalAndNoise) {
  for (const double nu : {0.4, 1.0, 3.0, 10.0, 200.0}) {
    const KoayCorrection found = koay_correction(7 * rician_mean(nu), 7 * rician_sd(nu));
    EXPECT_NEAR(found.nu / (7 * nu), 1, 1e-6) << nu;
    EXPECT_NEAR(found.sigma / 7, 1, 1e-6) << nu;
  }
}

TEST(KoayCorrection, FindsNoSignalInPureNoise) {
  const KoayCorrection found = koay_correction(1.2, 0.7);
  EXPECT_EQ(found.nu, 0);
  EXPECT_NEAR(found.sigma, 0.7 / std::sqrt(2 - M_PI / 2), 1e-12);
}

}  // namespace
}  // namespace voxprior
