#include "pipeline/cascade/cascade_bound.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>

#include "pipeline/cascade/cascade_likelihood.h"
#include "tests/pipeline/cascade/gaussian_cascade.h"

namespace voxprior {
namespace {

// What an exact denoiser leaves unknown of Gaussian bands; nothing of the LLL band of an octave.
BandErrors errors_of(double std, bool given) {
  torch::Tensor variance = torch::full({BandErrors::kBands}, std * std, torch::kDouble);
  if (given) variance[0] = 0.;
  return {0.001, 100, torch::zeros({BandErrors::kKnots, BandErrors::kBands}, torch::kDouble), variance};
}

std::vector<BandErrors> exact_errors() {
  return {errors_of(test::kCoarseStd, false), errors_of(test::kDetailStd, true), errors_of(test::kDetailStd, true)};
}

TEST(CascadeBound, WithTheRightVariancesIsTheLikelihoodHoweverFewTheSteps) {
  const torch::Tensor x = test::gaussian_volume();
  CascadeLikelihoodOptions exact;
  exact.tolerance = {1e-5, 1e-5, 5000};
  exact.probes = 16;
  const double bits = cascade_likelihood(test::gaussian_cascade(10), x, 0, exact).bits_per_voxel;
  for (const int steps : {3, 12}) {
    const CascadeBound bound = cascade_bound(test::gaussian_cascade(steps), exact_errors(), x, 0, 1);
    // 30,720 voxels, one draw a step: each step scatters by 0.004 bits.
    EXPECT_NEAR(bound.bits_per_voxel, bits, 0.03) << steps;
    EXPECT_EQ(bound.evaluations, 3 * steps);
    double sum = 0;
    for (const double level : bound.bits_of_levels) sum += level;
    EXPECT_NEAR(sum, bound.bits_per_voxel, 1e-9);
  }
}

TEST(CascadeBound, LiesAboveTheLikelihoodWithOtherVariances) {
  const torch::Tensor x = test::gaussian_volume();
  const std::vector<BandErrors> wrong{errors_of(0.3 * test::kCoarseStd, false), errors_of(2.5 * test::kDetailStd, true),
                                      errors_of(2.5 * test::kDetailStd, true)};
  const double right = cascade_bound(test::gaussian_cascade(6), exact_errors(), x, 0, 1).bits_per_voxel;
  EXPECT_GT(cascade_bound(test::gaussian_cascade(6), wrong, x, 0, 1).bits_per_voxel, right + 0.1);
}

TEST(CascadeBound, GreyLevelsAreTheUnitOfBits) {
  const torch::Tensor x = test::gaussian_volume();
  const double whole = cascade_bound(test::gaussian_cascade(4), exact_errors(), x, 0, 1).bits_per_voxel;
  EXPECT_NEAR(cascade_bound(test::gaussian_cascade(4), exact_errors(), x, 0, 0.25).bits_per_voxel, whole + 2, 1e-9);
}

}  // namespace
}  // namespace voxprior
