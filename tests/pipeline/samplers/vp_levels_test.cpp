#include "pipeline/samplers/vp_levels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/error.h"

namespace voxprior {
namespace {

double alpha_bar(double sigma) { return 1 / (1 + sigma * sigma); }

TEST(VpLevels, LinearBetasGiveTheLevelsOfDdpm) {
  const std::vector<double> levels = sigmas_from_betas(linear_betas());
  ASSERT_EQ(levels.size(), 1001u);
  EXPECT_EQ(levels.back(), 0);
  EXPECT_NEAR(levels[999], std::sqrt(1e-4 / (1 - 1e-4)), 1e-15);  // one step of beta 1e-4
  // ln of the product of 1 - beta: -10.1 - sum beta^2/2 - ..., with sum beta = 10.05 and sum beta^2 = 0.1340;
  // Ho et al. 2020 state KL(q(x_T|x0) | N(0, I)) of 1e-5 bits a dimension, so alpha_bar_T near 4e-5.
  EXPECT_NEAR(alpha_bar(levels[0]), 4.0358e-5, 1e-9);
}

TEST(VpLevels, CosineBetasAreClippedAndNeverNaN) {
  for (const int steps : {1, 2, 10, 1000, 4000}) {
    const std::vector<double> betas = cosine_betas(steps), levels = sigmas_from_betas(betas);
    EXPECT_EQ(betas.back(), 0.999) << steps;  // f(T) is 0: unclipped, beta would be 1 and sigma infinite
    for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
      ASSERT_TRUE(std::isfinite(levels[i])) << steps << " " << i;
      ASSERT_TRUE(levels[i] > levels[i + 1]) << steps << " " << i;
    }
  }
}

TEST(VpLevels, CosineHasTheSignalOfItsFormulaInTheMiddle) {
  const std::vector<double> levels = sigmas_from_betas(cosine_betas(1000));
  const auto f = [](double t) { return std::pow(std::cos((t + 0.008) / 1.008 * M_PI / 2), 2); };
  EXPECT_NEAR(alpha_bar(levels[500]), f(0.5) / f(0), 1e-12);  // step 499 ends at t = 500/1000
  EXPECT_NEAR(alpha_bar(levels[900]), f(0.1) / f(0), 1e-12);
}

TEST(VpLevels, RefuseBetasOutsideZeroToOne) {
  for (const double beta : {0., 1., -0.1, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_THROW(sigmas_from_betas({0.1, beta}), Error);
}

TEST(Respaced, KeepsBothEndsAndExactLevels) {
  const std::vector<double> levels = sigmas_from_betas(linear_betas());
  for (const int steps : {2, 3, 10, 50, 999, 1000}) {
    const std::vector<double> kept = respaced(levels, steps);
    ASSERT_EQ(kept.size(), static_cast<std::size_t>(steps) + 1);
    EXPECT_EQ(kept.front(), levels.front());
    EXPECT_EQ(kept[kept.size() - 2], levels[levels.size() - 2]);
    EXPECT_EQ(kept.back(), 0);
    for (std::size_t i = 0; i + 1 < kept.size(); ++i) ASSERT_GT(kept[i], kept[i + 1]);
  }
  EXPECT_EQ(respaced(levels, 1000), levels);
  EXPECT_EQ(respaced(levels, 1), (std::vector<double>{levels[0], 0}));
  EXPECT_THROW(respaced(levels, 0), Error);
  EXPECT_THROW(respaced(levels, 1001), Error);
}

TEST(TimeStep, InvertsTheLevels) {
  const std::vector<double> levels = sigmas_from_betas(linear_betas());
  for (const int t : {0, 1, 17, 998, 999})
    EXPECT_NEAR(time_step(levels, levels[static_cast<std::size_t>(999 - t)]), t, 1e-9) << t;
  EXPECT_NEAR(time_step(levels, std::sqrt(levels[500] * levels[501])), 498.5, 1e-9);
  EXPECT_EQ(time_step(levels, 1e6), 999);
  EXPECT_EQ(time_step(levels, 1e-6), 0);
  EXPECT_THROW(time_step(levels, 0), Error);
}

}  // namespace
}  // namespace voxprior
