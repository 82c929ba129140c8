#include "workflows/batch/outliers.h"

namespace voxprior {
namespace {

using Values = std::vector<std::optional<double>>;

TEST(RobustScores, AreDeviationsFromTheMedianInUnitsOfTheMedianDeviation) {
  // Median 3, absolute deviations 2 1 0 1 97: their median is 1.
  const std::vector<double> scores = robust_scores(Values{1, 2, 3, 4, 100}, 0);
  EXPECT_NEAR(scores[0], 2 / 1.4826, 1e-12);
  EXPECT_NEAR(scores[2], 0, 1e-12);
  EXPECT_NEAR(scores[4], 97 / 1.4826, 1e-12);
}

TEST(RobustScores, AnOutlierAmongEqualValuesIsJudgedByTheLeastSpread) {
  const std::vector<double> scores = robust_scores(Values{5, 5, 5, 5, 5, 6}, 0.5);
  EXPECT_NEAR(scores[5], 2, 1e-12);
  EXPECT_EQ(scores[0], 0);
}

TEST(RobustScores, WhatIsMissingHasNoneAndFewValuesHaveNone) {
  EXPECT_EQ(robust_scores(Values{1, std::nullopt, 1, 1, 1, 9}, 1)[1], 0);
  EXPECT_EQ(robust_scores(Values{1, 1, 1, 9}, 1), (std::vector<double>{0, 0, 0, 0}));
}

TEST(RobustScores, AnEvenCountHasTheMeanOfItsMiddleTwo) {
  // Median 3.5; deviations 2.5 1.5 0.5 0.5 1.5 2.5 with median 1.5.
  EXPECT_NEAR(robust_scores(Values{1, 2, 3, 4, 5, 6}, 0)[0], 2.5 / (1.5 * 1.4826), 1e-12);
}

}  // namespace
}  // namespace voxprior
