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

}  // namespace
}  // namespace voxprior
