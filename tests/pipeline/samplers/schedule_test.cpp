#include "pipeline/samplers/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/error.h"

namespace voxprior {
namespace {

TEST(KarrasSchedule, FallsFromSigmaMaxToSigmaMinAndEndsAtZero) {
  const std::vector<double> sigmas = karras_schedule(18, 0.002, 80);
  ASSERT_EQ(sigmas.size(), 19u);
  EXPECT_EQ(sigmas.front(), 80);
  EXPECT_EQ(sigmas[17], 0.002);
  EXPECT_EQ(sigmas.back(), 0);
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) EXPECT_GT(sigmas[i], sigmas[i + 1]);
}

TEST(KarrasSchedule, IsEvenlySpacedInTheRhoThRoot) {
  const std::vector<double> sigmas = karras_schedule(6, 1, 1024, 5);  // fifth roots 4, 3.4, 2.8, 2.2, 1.6, 1
  for (int i = 0; i < 6; ++i) EXPECT_NEAR(std::pow(sigmas[i], 0.2), 4 - 0.6 * i, 1e-14);
}

TEST(KarrasSchedule, IsLinearForRhoOne) {
  EXPECT_THAT(karras_schedule(3, 1, 5, 1), testing::ElementsAre(5, testing::DoubleEq(3), 1, 0));
}

TEST(KarrasSchedule, OneStepGoesStraightToZero) { EXPECT_THAT(karras_schedule(1, 0.1, 2), testing::ElementsAre(2, 0)); }

TEST(KarrasSchedule, RefusesImpossibleSettings) {
  EXPECT_THROW(karras_schedule(0, 0.1, 1), Error);
  EXPECT_THROW(karras_schedule(5, 0, 1), Error);
  EXPECT_THROW(karras_schedule(5, 1, 1), Error);
  EXPECT_THROW(karras_schedule(5, 0.1, std::numeric_limits<double>::infinity()), Error);
  EXPECT_THROW(karras_schedule(5, 0.1, std::nan("")), Error);
  EXPECT_THROW(karras_schedule(5, 0.1, 1, 0), Error);
}

using Schedule = std::vector<double> (*)(int, double, double);

TEST(EverySchedule, FallsBetweenItsEndsAndEndsAtZeroWithoutNaN) {
  for (const Schedule schedule : {Schedule(log_uniform_schedule), Schedule(cosine_schedule), Schedule(linear_schedule)})
    for (const double sigma_max : {0.5, 80., 1e6})
      for (const int steps : {1, 2, 3, 1000}) {
        const std::vector<double> sigmas = schedule(steps, 1e-4, sigma_max);
        ASSERT_EQ(sigmas.size(), static_cast<std::size_t>(steps) + 1);
        EXPECT_EQ(sigmas.front(), sigma_max);
        EXPECT_EQ(sigmas[static_cast<std::size_t>(steps) - 1], steps > 1 ? 1e-4 : sigma_max);
        EXPECT_EQ(sigmas.back(), 0);
        for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) ASSERT_TRUE(sigmas[i] > sigmas[i + 1]) << steps << " " << i;
      }
}

TEST(LogUniformSchedule, IsAGeometricSequence) {
  EXPECT_THAT(log_uniform_schedule(4, 1, 1000),
              testing::ElementsAre(1000, testing::DoubleNear(100, 1e-11), testing::DoubleNear(10, 1e-12), 1, 0));
}

TEST(CosineSchedule, IsEvenInTheAngleBetweenSignalAndNoise) {
  // tan(75), tan(60), tan(45), tan(30), tan(15) degrees
  const std::vector<double> sigmas = cosine_schedule(5, 2 - std::sqrt(3.), 2 + std::sqrt(3.));
  EXPECT_NEAR(sigmas[1], std::sqrt(3.), 1e-14);
  EXPECT_NEAR(sigmas[2], 1, 1e-14);
  EXPECT_NEAR(sigmas[3], std::sqrt(1 / 3.), 1e-14);
}

TEST(LinearSchedule, IsEvenInTheTimeOfTheVariancePreservingProcess) {
  // 1 + sigma^2 = exp(0.1 t + 9.95 t^2) at t = 1, 0.75, 0.5
  const auto sigma = [](double t) { return std::sqrt(std::exp(0.1 * t + 9.95 * t * t) - 1); };
  const std::vector<double> sigmas = linear_schedule(3, sigma(0.5), sigma(1));
  EXPECT_NEAR(sigmas[1] / sigma(0.75), 1, 1e-12);
}

TEST(EverySchedule, RefusesImpossibleSettings) {
  for (const Schedule schedule :
       {Schedule(log_uniform_schedule), Schedule(cosine_schedule), Schedule(linear_schedule)}) {
    EXPECT_THROW(schedule(0, 0.1, 1), Error);
    EXPECT_THROW(schedule(5, 0, 1), Error);
    EXPECT_THROW(schedule(5, 1, 1), Error);
    EXPECT_THROW(schedule(5, 0.1, std::numeric_limits<double>::infinity()), Error);
    EXPECT_THROW(schedule(5, std::nan(""), 1), Error);
  }
}

}  // namespace
}  // namespace voxprior
