#include "pipeline/likelihood/dormand_prince.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>
#include <stdexcept>

#include "base/error.h"

namespace voxprior {
namespace {

const torch::TensorOptions kDoubleOptions = torch::TensorOptions().dtype(torch::kDouble);

/// x'' = -x as a system: (x, x') turns by one radian a unit of time.
OdeState rotation(double, const OdeState& y) { return {y[1], -y[0]}; }

TEST(DormandPrince, KeepsItsToleranceInEitherDirection) {
  for (const double tolerance : {1e-4, 1e-9})
    for (const double to : {10., -10.}) {
      const OdeState start{torch::zeros({1}, kDoubleOptions), torch::ones({1}, kDoubleOptions)};
      const OdeSolution end = dormand_prince(rotation, start, 0, to, {tolerance, tolerance, 100000}, 2);
      EXPECT_NEAR(end.y[0].item<double>(), std::sin(to), 20 * tolerance);
      EXPECT_NEAR(end.y[1].item<double>(), std::cos(to), 20 * tolerance);
    }
}

TEST(DormandPrince, WorkGrowsWithTheFifthRootOfTheTolerance) {
  const OdeState start{torch::zeros({1}, kDoubleOptions), torch::ones({1}, kDoubleOptions)};
  const auto evaluations = [&](double tolerance) {
    return dormand_prince(rotation, start, 0, 20, {tolerance, tolerance, 100000}, 2).evaluations;
  };
  // Six orders of magnitude: 10^(6/5) = 15.8 times the steps for a solver of local error h^5; order 2 would need 100.
  const double growth = static_cast<double>(evaluations(1e-11)) / evaluations(1e-5);
  EXPECT_GT(growth, 10);
  EXPECT_LT(growth, 20);
}

TEST(DormandPrince, IsExactForPolynomialsOfDegreeFive) {
  const OdeSlope slope = [](double t, const OdeState& y) -> OdeState {
    return {torch::full_like(y[0], 5 * std::pow(t, 4) - 3 * t * t + 1)};
  };
  // A loose tolerance, few steps: any wrong coefficient shows.
  const OdeSolution end = dormand_prince(slope, {torch::zeros({1}, kDoubleOptions)}, -1, 2, {1e9, 1e9, 100}, 1);
  EXPECT_NEAR(end.y[0].item<double>(), (32 - 8 + 2) - (-1 + 1 - 1), 1e-12);
  EXPECT_LE(end.evaluations, 25);
}

TEST(DormandPrince, ShortensStepsWhereTheSlopeIsSteep) {
  const OdeSlope slope = [](double t, const OdeState& y) -> OdeState {
    return {torch::full_like(y[0], 1 / (1e-4 + t * t))};  // a peak of width 0.01 in [-1, 1]
  };
  const OdeSolution end = dormand_prince(slope, {torch::zeros({1}, kDoubleOptions)}, -1, 1, {1e-8, 1e-8, 10000}, 1);
  EXPECT_NEAR(end.y[0].item<double>() / (200 * std::atan(100.)), 1, 1e-7);
  EXPECT_GT(end.rejected, 0);
}

TEST(DormandPrince, CarriesTensorsThatDoNotControlTheSteps) {
  const OdeSlope slope = [](double t, const OdeState& y) -> OdeState {
    return {torch::cos(torch::full_like(y[0], t)), torch::full_like(y[1], 2 * t)};
  };
  const OdeState start{torch::zeros({1}, kDoubleOptions), torch::zeros({2, 3})};
  const OdeSolution end = dormand_prince(slope, start, 0, 3, {1e-8, 1e-8, 1000}, 1);
  EXPECT_NEAR(end.y[0].item<double>(), std::sin(3), 1e-7);
  EXPECT_TRUE(torch::allclose(end.y[1], torch::full({2, 3}, 9.f), 1e-5));
  EXPECT_EQ(end.y[1].scalar_type(), torch::kFloat32);
}

TEST(DormandPrince, RefusesWhatItCannotFollow) {
  const OdeState start{torch::ones({1}, kDoubleOptions)};
  const OdeSlope blows_up = [](double, const OdeState& y) -> OdeState { return {y[0] * y[0]}; };  // infinite at t = 1
  const OdeSlope nan = [](double, const OdeState& y) -> OdeState { return {torch::full_like(y[0], std::nan(""))}; };
  for (const OdeSlope& slope : {blows_up, nan}) {
    try {
      dormand_prince(slope, start, 0, 2, {1e-6, 1e-6, 1000}, 1);
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::model);
    }
  }
  EXPECT_THROW(dormand_prince(rotation, {start[0], start[0]}, 0, 1000, {1e-6, 1e-6, 200}, 2), Error);
  EXPECT_THROW(dormand_prince(blows_up, start, 0, 0.5, {0, 1e-6, 200}, 1), c10::Error);
}

TEST(DormandPrince, ProgressRisesToOneAndMayInterrupt) {
  const OdeState start{torch::zeros({1}, kDoubleOptions), torch::ones({1}, kDoubleOptions)};
  double last = 0;
  dormand_prince(rotation, start, 4, 1, {}, 2, [&](double fraction) {
    EXPECT_GT(fraction, last);
    last = fraction;
  });
  EXPECT_EQ(last, 1);
  const Progress interrupt = [](double) { throw std::runtime_error("stop"); };
  EXPECT_THROW(dormand_prince(rotation, start, 0, 1, {}, 2, interrupt), std::runtime_error);
}

}  // namespace
}  // namespace voxprior
