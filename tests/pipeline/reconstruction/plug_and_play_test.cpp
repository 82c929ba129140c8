#include <gtest/gtest.h>
#include <torch/types.h>

#include "pipeline/reconstruction/pnp_admm.h"
#include "pipeline/reconstruction/pnp_hqs.h"
#include "pipeline/reconstruction/pnp_pgd.h"
#include "pipeline/reconstruction/red.h"
#include "tests/pipeline/reconstruction/gaussian_problem.h"

// Fixed points of plug-and-play methods with the exact denoiser of a Gaussian prior: each is a ridge regression, whose
// weight tells one method and one wrong factor from another.

namespace voxprior {
namespace {

using test::kNoise;
using test::kPriorStd;

constexpr double kTolerance = 1e-4;  // data steps stop at a residual of 1e-6; the smallest eigenvalue is 0.05

MethodOptions options(double sigma_start, double sigma_end) {
  MethodOptions o;
  o.iterations = 400;
  o.lambda = 0.7;
  o.step = 1;
  o.sigma_start = sigma_start;
  o.sigma_end = sigma_end;
  o.cg_iterations = 10;
  return o;
}

torch::Tensor image(const ReconstructionMethod& method, const MethodOptions& o) {
  return reconstruct(test::gaussian_problem(), method, o).image;
}

TEST(PnpAdmm, EndsInRidgeRegressionWhateverSigma) {
  const ReconstructionProblem problem = test::gaussian_problem();
  const torch::Tensor expected = test::ridge(problem, 0.7 * kNoise * kNoise / (kPriorStd * kPriorStd));
  EXPECT_LT(test::relative_error(image(reconstruct_pnp_admm, options(0.2, 0.2)), expected), kTolerance);
  EXPECT_LT(test::relative_error(image(reconstruct_pnp_admm, options(0.4, 0.4)), expected), kTolerance);
  // Also when rho changes on the way: the dual variable is carried over.
  EXPECT_LT(test::relative_error(image(reconstruct_pnp_admm, options(0.8, 0.2)), expected), kTolerance);
  // The prior counts: least squares without it is far away.
  EXPECT_GT(test::relative_error(test::ridge(problem, 0), expected), 0.05);
}

TEST(PnpAdmm, WithLambdaOneIsThePosteriorMean) {
  MethodOptions o = options(0.3, 0.3);
  o.lambda = 1;
  const ReconstructionProblem problem = test::gaussian_problem();
  EXPECT_LT(test::relative_error(image(reconstruct_pnp_admm, o),
                                 test::ridge(problem, kNoise * kNoise / (kPriorStd * kPriorStd))),
            kTolerance);
}

TEST(PnpHqs, AtAFixedSigmaEndsInRidgeRegressionSeenThroughTheDenoiser) {
  const double sigma = 0.2, gain = kPriorStd * kPriorStd / (kPriorStd * kPriorStd + sigma * sigma);
  const double weight = 0.7 * kNoise * kNoise / (kPriorStd * kPriorStd + sigma * sigma);
  const torch::Tensor expected = gain * test::ridge(test::gaussian_problem(), weight);  // z = D(u)
  EXPECT_LT(test::relative_error(image(reconstruct_pnp_hqs, options(sigma, sigma)), expected), kTolerance);
}

TEST(Red, EndsInRidgeRegression) {
  const double sigma = 0.2, weight = 0.7 * kNoise * kNoise / (kPriorStd * kPriorStd + sigma * sigma);
  const torch::Tensor expected = test::ridge(test::gaussian_problem(), weight);
  EXPECT_LT(test::relative_error(image(reconstruct_red, options(sigma, sigma)), expected), kTolerance);
  EXPECT_LT(test::relative_error(image(reconstruct_red, options(0.6, sigma)), expected), kTolerance);
}

TEST(PnpPgd, EndsInRidgeRegressionWithItsStepInTheWeight) {
  const double sigma = 0.15;
  for (const double step : {1., 0.5}) {
    MethodOptions o = options(0.4, sigma);
    o.step = step;
    const double weight = sigma * sigma / (step * kPriorStd * kPriorStd);
    EXPECT_LT(test::relative_error(image(reconstruct_pnp_pgd, o), test::ridge(test::gaussian_problem(), weight)),
              kTolerance)
        << step;
  }
}

TEST(PlugAndPlay, StopsOnToleranceAtTheFixedPoint) {
  MethodOptions o = options(0.2, 0.2);
  o.tolerance = 1e-5;
  for (const ReconstructionMethod& method :
       {ReconstructionMethod(reconstruct_pnp_admm), ReconstructionMethod(reconstruct_red),
        ReconstructionMethod(reconstruct_pnp_pgd)}) {
    const Reconstruction result = reconstruct(test::gaussian_problem(), method, o);
    EXPECT_EQ(result.stop, StopReason::converged);
    EXPECT_LT(result.log.size(), 400u);
    EXPECT_LT(result.log.back().change, 1e-5);
    EXPECT_EQ(result.log.back().sigma, 0.2);
  }
}

TEST(PlugAndPlay, NeverAsksTheDenoiserBelowTheNoiseOrOutsideItsRange) {
  ReconstructionProblem problem = test::gaussian_problem();
  problem.sigma_max = 0.3;
  MethodOptions o = options(0.8, 0.01);
  o.iterations = 6;
  const Reconstruction result = reconstruct(problem, reconstruct_pnp_hqs, o);
  EXPECT_NEAR(result.log.front().sigma, 0.3, 1e-12);
  EXPECT_NEAR(result.log.back().sigma, kNoise, 1e-12);
}

}  // namespace
}  // namespace voxprior
