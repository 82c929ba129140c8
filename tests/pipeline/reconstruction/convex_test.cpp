#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "pipeline/operators/cartesian_sense.h"
#include "pipeline/operators/sampling_mask.h"
#include "pipeline/reconstruction/adjoint.h"
#include "pipeline/reconstruction/conjugate_gradients.h"
#include "pipeline/reconstruction/least_squares.h"
#include "pipeline/reconstruction/total_variation.h"
#include "pipeline/reconstruction/total_variation_prox.h"
#include "pipeline/reconstruction/wavelet_l1.h"
#include "pipeline/wavelet/haar.h"
#include "tests/pipeline/reconstruction/gaussian_problem.h"

// Methods that minimise something, against minima that are known.

namespace voxprior {
namespace {

ReconstructionProblem denoising(const torch::Tensor& y) {
  ReconstructionProblem problem;
  problem.a = std::make_shared<test::Diagonal>(torch::ones_like(y));
  problem.y = y;
  problem.unit = 1;
  return problem;
}

TEST(ConjugateGradients, SolvesInAsManyStepsAsThereAreEigenvalues) {
  const ReconstructionProblem problem = test::gaussian_problem();
  const torch::Tensor b = problem.a->adjoint(problem.y), start = torch::ones_like(b);
  const torch::Tensor expected = test::ridge(problem, 0.3);
  EXPECT_LT(test::relative_error(conjugate_gradients(*problem.a, 0.3, b, start, 3, 0), expected), 1e-12);
  EXPECT_GT(test::relative_error(conjugate_gradients(*problem.a, 0.3, b, start, 2, 0), expected), 1e-4);
}

TEST(ConjugateGradients, TheClosedFormOfAMaskIsWhatItConvergesTo) {
  torch::manual_seed(2);
  const SamplingMask mask(torch::rand({5, 6, 7}) < 0.4);
  const torch::Tensor b = torch::randn({5, 6, 7});
  const torch::Tensor expected = conjugate_gradients(mask, 0.2, b, torch::zeros_like(b), 20, 0);
  EXPECT_LT(test::relative_error(mask.solve_normal(b, 0.2), expected), 1e-5);
}

TEST(LeastSquares, WithTikhonovIsRidgeRegression) {
  const ReconstructionProblem problem = test::gaussian_problem();
  MethodOptions o;
  o.iterations = 20;
  o.lambda = 0.05;
  EXPECT_LT(test::relative_error(reconstruct(problem, reconstruct_least_squares, o).image, test::ridge(problem, 0.05)),
            1e-10);
}

TEST(LeastSquares, WeightsCountAsInverseVariances) {
  // Two measurements of each voxel, of variance 1 and 1/9: the estimate is their mean with weights 1 and 9.
  class Twice final : public LinearOperator {
   public:
    torch::Tensor forward(const torch::Tensor& x) const override { return torch::stack({x, x}); }
    torch::Tensor adjoint(const torch::Tensor& y) const override { return y.sum(0); }
    std::vector<std::int64_t> domain() const override { return {2, 2, 2}; }
    std::vector<std::int64_t> codomain() const override { return {2, 2, 2, 2}; }
  };
  torch::manual_seed(4);
  ReconstructionProblem problem;
  problem.a = std::make_shared<Twice>();
  problem.y = torch::randn({2, 2, 2, 2}, torch::kDouble);
  problem.weights = torch::tensor({1., 9.}, torch::kDouble).view({2, 1, 1, 1});
  problem.unit = 1;
  MethodOptions o;
  o.iterations = 5;
  const torch::Tensor expected = 0.1 * problem.y[0] + 0.9 * problem.y[1];
  EXPECT_LT(test::relative_error(reconstruct(problem, reconstruct_least_squares, o).image, expected), 1e-10);
}

TEST(Adjoint, IsScaledToTheData) {
  const torch::Tensor d = torch::full({3, 3, 3}, 0.25, torch::kDouble), x = torch::rand({3, 3, 3}, torch::kDouble);
  ReconstructionProblem problem = denoising(d * x);
  problem.a = std::make_shared<test::Diagonal>(d);
  EXPECT_LT(test::relative_error(reconstruct(problem, reconstruct_adjoint, {}).image, x), 1e-12);
}

/// A step of height 1 between m and n samples: total variation moves the plateaus towards each other, by lambda / m and
/// lambda / n.
torch::Tensor step(double low, double high) {
  torch::Tensor x = torch::full({1, 1, 10}, high, torch::kDouble);
  x.narrow(2, 0, 4).fill_(low);
  return x;
}

TEST(TotalVariation, MovesThePlateausOfAStepByTheKnownAmount) {
  MethodOptions o;
  o.iterations = 300;
  o.lambda = 0.5;
  for (const std::int64_t axis : {0, 1, 2}) {
    const torch::Tensor y = step(0, 1).transpose(2, axis).contiguous();
    const torch::Tensor expected = step(0.5 / 4, 1 - 0.5 / 6).transpose(2, axis);
    EXPECT_LT(test::relative_error(reconstruct(denoising(y), reconstruct_total_variation, o).image, expected), 1e-4)
        << axis;
  }
}

TEST(TotalVariation, OfAComplexImageIsThatOfItsMagnitudeWhenThePhaseIsConstant) {
  MethodOptions o;
  o.iterations = 300;
  o.lambda = 0.5;
  const torch::Tensor turn = torch::polar(torch::ones({1}, torch::kDouble), torch::full({1}, 0.7, torch::kDouble));
  const torch::Tensor image = reconstruct(denoising(step(0, 1) * turn), reconstruct_total_variation, o).image;
  EXPECT_LT(test::relative_error(image, step(0.5 / 4, 1 - 0.5 / 6) * turn), 1e-4);
}

TEST(TotalVariation, IsIsotropic) {
  torch::Tensor u = torch::zeros({2, 2, 2}, torch::kDouble);
  u[0][0][0] = 1;  // differences of -1 along all three axes, from one voxel
  EXPECT_NEAR(total_variation(u), std::sqrt(3.), 1e-12);
}

TEST(TotalVariation, ObjectiveFalls) {
  torch::manual_seed(5);
  MethodOptions o;
  o.iterations = 40;
  o.lambda = 0.05;
  const Reconstruction result = reconstruct(test::gaussian_problem(), reconstruct_total_variation, o);
  EXPECT_LT(result.log.back().objective, result.log.front().objective);
  for (std::size_t i = 20; i + 1 < result.log.size(); ++i)
    EXPECT_LE(result.log[i + 1].objective, result.log[i].objective * (1 + 1e-3)) << i;
}

/// Soft thresholding of the details of two levels, written out.
torch::Tensor two_level_soft_threshold(const torch::Tensor& x, double t) {
  const auto soft = [t](const torch::Tensor& w) { return torch::sign(w) * (w.abs() - t).clamp_min(0); };
  const torch::Tensor fine = haar_forward(x.unsqueeze(0).unsqueeze(0)), coarse = haar_forward(fine.narrow(1, 0, 1));
  const torch::Tensor middle = haar_inverse(torch::cat({coarse.narrow(1, 0, 1), soft(coarse.narrow(1, 1, 7))}, 1));
  return haar_inverse(torch::cat({middle, soft(fine.narrow(1, 1, 7))}, 1))[0][0];
}

TEST(WaveletL1, ProximalStepIsSoftThresholding) {
  torch::manual_seed(6);
  const torch::Tensor x = torch::randn({8, 4, 12}, torch::kDouble);
  EXPECT_LT(test::relative_error(soft_threshold_haar(x, 0.4, 2), two_level_soft_threshold(x, 0.4)), 1e-12);
  EXPECT_LT(test::relative_error(soft_threshold_haar(x, 0, 2, {1, 3, 2}), x), 1e-12);
}

TEST(WaveletL1, OfAnOrthonormalOperatorIsSoftThresholdingOfTheBackProjection) {
  torch::manual_seed(7);
  const std::vector<std::int64_t> size{8, 4, 12};
  ReconstructionProblem problem;  // a fully sampled coil
  problem.a = std::make_shared<CartesianSense>(torch::ones({1, 8, 4, 12}, torch::kComplexFloat),
                                               torch::ones(size, torch::kBool));
  const torch::Tensor x = torch::randn(size);
  problem.y = problem.a->forward(x.to(torch::kComplexFloat));
  problem.unit = 1;
  MethodOptions o;
  o.iterations = 30;
  o.lambda = 0.4;
  o.levels = 0;  // no details: nothing is thresholded
  EXPECT_LT(test::relative_error(torch::real(reconstruct(problem, reconstruct_wavelet_l1, o).image), x), 1e-5);
  // A grid of blocks of two voxels shifted by one or none, in every axis: eight answers, of which each iteration takes
  // one.
  o.levels = 1;
  const torch::Tensor image = torch::real(reconstruct(problem, reconstruct_wavelet_l1, o).image);
  double nearest = 1;
  for (std::int64_t shift = 0; shift < 8; ++shift)
    nearest = std::min(
        nearest, test::relative_error(image, soft_threshold_haar(x, 0.4, 1, {shift & 1, shift >> 1 & 1, shift >> 2})));
  EXPECT_LT(nearest, 1e-5);
}

TEST(WaveletL1, TakesAnySizeAndKeepsConstants) {
  const torch::Tensor x = torch::full({1, 5, 7}, 3., torch::kDouble);
  EXPECT_LT(test::relative_error(soft_threshold_haar(x, 0.5, 3, {2, 7, 1}), x), 1e-12);
}

}  // namespace
}  // namespace voxprior
