#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <limits>
#include <set>

#include "base/error.h"
#include "pipeline/operators/cartesian_sense.h"
#include "pipeline/reconstruction/defaults.h"
#include "pipeline/reconstruction/fista.h"
#include "pipeline/reconstruction/registry.h"
#include "pipeline/reconstruction/samples.h"
#include "tests/pipeline/reconstruction/gaussian_problem.h"

// What holds for every method: units, logs, stops, errors.

namespace voxprior {
namespace {

/// Undersampled two-coil MRI of a blob, with a prior that knows it to be about 0.5 bright.
ReconstructionProblem small_mri(double scale) {
  torch::manual_seed(9);
  const torch::Tensor axis = torch::linspace(-1, 1, 12);
  const torch::Tensor r2 = axis.square().view({-1, 1, 1}) + axis.square().view({-1, 1}) + axis.square();
  const torch::Tensor blob = torch::polar(torch::exp(-2 * r2), 0.5 * axis.expand({12, 12, 12}));
  const torch::Tensor maps =
      torch::stack({torch::polar(0.8 + 0.2 * axis.expand({12, 12, 12}), torch::zeros({12, 12, 12})),
                    torch::polar(0.5 - 0.3 * axis.expand({12, 12, 12}), axis.expand({12, 12, 12}).transpose(0, 2))});
  ReconstructionProblem problem;
  problem.a = std::make_shared<CartesianSense>(maps, (torch::rand({12, 12, 12}) < 0.6).logical_or(r2 < 0.1));
  const torch::Tensor clean = problem.a->forward(blob);
  problem.y = scale * (clean + 0.01 * torch::randn_like(clean) * (clean != 0));
  problem.noise = scale * 0.01 / std::sqrt(2.);
  problem.denoise = test::gaussian_denoiser(0.5);
  return problem;
}

TEST(Reconstruct, ScalesWithTheDataForEveryMethodAndItsDefaults) {
  for (const NamedMethod& method : named_methods()) {
    const MethodOptions options = default_options(method.name, ProblemKind::mri);
    const Reconstruction once = reconstruct(small_mri(1), method.reconstruct, options);
    const Reconstruction more = reconstruct(small_mri(1000), method.reconstruct, options);
    EXPECT_LT(test::relative_error(more.image, 1000 * once.image), 1e-3) << method.name;
    EXPECT_NEAR(more.unit / once.unit, 1000, 1) << method.name;
    EXPECT_NEAR(more.data_residual, once.data_residual, 1e-3) << method.name;
    EXPECT_NE(once.stop, StopReason::diverged) << method.name;
  }
}

TEST(Reconstruct, ReportsEveryIterationToTheObserverAndInTheLog) {
  for (const NamedMethod& method : named_methods()) {
    std::vector<int> seen;
    const Reconstruction result =
        reconstruct(small_mri(1), method.reconstruct, default_options(method.name, ProblemKind::mri),
                    [&](const IterationRecord& record) { seen.push_back(record.iteration); });
    ASSERT_FALSE(seen.empty()) << method.name;
    EXPECT_EQ(seen.size(), result.log.size()) << method.name;
    EXPECT_EQ(seen.back(), static_cast<int>(seen.size())) << method.name;
    EXPECT_NEAR(result.log.back().data_residual, result.data_residual, 1e-4) << method.name;
    EXPECT_EQ(result.log.back().sigma > 0, method.needs_denoiser) << method.name;
    EXPECT_TRUE(result.warnings.empty()) << method.name;
  }
}

TEST(Reconstruct, DataFitIsOneForAnImageThatExplainsTheData) {
  MethodOptions options = default_options("cg", ProblemKind::mri);
  options.lambda = 0;
  options.iterations = 5;
  const double ratio = reconstruct(small_mri(1), method_by_name("cg").reconstruct, options).residual_over_noise;
  EXPECT_GT(ratio, 0.3);  // below 1: with no prior, part of the noise is explained, too
  EXPECT_LT(ratio, 1.5);
}

/// Gradient steps that are too long: what a wrong norm would do.
torch::Tensor gradient_descent(const NormalisedProblem& problem, const MethodOptions& options,
                               IterationMonitor& monitor) {
  return fista(
      problem, options.step, options.iterations, [](const torch::Tensor& b, int) { return b; }, {}, {}, monitor);
}

TEST(Reconstruct, WarnsOfDivergenceAndReturnsTheBestIterate) {
  MethodOptions options;
  options.iterations = 100;
  options.step = 2.5;
  ReconstructionProblem problem = test::gaussian_problem();
  problem.start = torch::zeros_like(problem.y);  // far from the solution
  const Reconstruction result = reconstruct(problem, gradient_descent, options);
  EXPECT_EQ(result.stop, StopReason::diverged);
  ASSERT_EQ(result.warnings.size(), 1u);
  EXPECT_THAT(result.warnings[0], testing::HasSubstr("diverged"));
  EXPECT_LT(result.log.size(), 100u);
  EXPECT_LT(result.best_iteration, static_cast<int>(result.log.size()));
  EXPECT_LT(result.data_residual, result.log.back().data_residual);
  for (const IterationRecord& record : result.log) EXPECT_GE(record.data_residual, result.data_residual * (1 - 1e-9));

  options.step = 1;
  EXPECT_NE(reconstruct(problem, gradient_descent, options).stop, StopReason::diverged);
}

TEST(Reconstruct, IteratesThatOnlyGetWorseGiveBackTheStart) {
  MethodOptions options;
  options.iterations = 100;
  options.step = 50;
  ReconstructionProblem problem = test::gaussian_problem();
  problem.start = problem.y + 0.01 * torch::ones_like(problem.y);
  const Reconstruction result = reconstruct(problem, gradient_descent, options);
  EXPECT_EQ(result.stop, StopReason::diverged);
  EXPECT_EQ(result.best_iteration, 0);
  EXPECT_THAT(result.warnings.at(0), testing::HasSubstr("iteration 0 of"));
  EXPECT_LT((result.image - problem.start).abs().max().item<double>(), 1e-5);
}

TEST(Reconstruct, AnImageThatIsNotFiniteIsDivergence) {
  ReconstructionProblem problem = test::gaussian_problem();
  problem.denoise = [](const torch::Tensor& x, double) { return x * std::numeric_limits<float>::quiet_NaN(); };
  const Reconstruction result =
      reconstruct(problem, method_by_name("pnp-hqs").reconstruct, default_options("pnp-hqs", ProblemKind::mri));
  EXPECT_EQ(result.stop, StopReason::diverged);
  EXPECT_EQ(result.best_iteration, 0);
  EXPECT_TRUE(torch::isfinite(result.image).all().item().toBool());  // where it started
}

TEST(Reconstruct, RefusesDataThatCannotBe) {
  const auto refused = [](const ReconstructionProblem& problem) { EXPECT_THROW(normalise(problem), Error); };
  ReconstructionProblem problem = test::gaussian_problem();
  problem.y = torch::zeros({6, 5, 5}, torch::kDouble);
  refused(problem);
  problem = test::gaussian_problem();
  problem.y = problem.y.clone();
  problem.y[0][0][0] = std::numeric_limits<double>::quiet_NaN();
  refused(problem);
  problem.y = torch::zeros({6, 5, 4}, torch::kDouble);
  refused(problem);
  problem = test::gaussian_problem();
  problem.weights = torch::full({6, 5, 4}, -1.);
  refused(problem);
}

TEST(Samples, MeanAndDeviationAreThoseOfTheRuns) {
  const NamedMethod& method = method_by_name("diffpir");
  MethodOptions options = default_options("diffpir", ProblemKind::mri);
  options.seed = 20;
  std::vector<torch::Tensor> images;
  for (std::uint64_t seed = 20; seed < 23; ++seed) {
    MethodOptions own = options;
    own.seed = seed;
    images.push_back(reconstruct(small_mri(1), method.reconstruct, own).image);
  }
  std::set<int> seen;
  const SampleSummary summary = reconstruct_samples(small_mri(1), method.reconstruct, options, 3,
                                                    [&](int n, const IterationRecord&) { seen.insert(n); });
  const torch::Tensor all = torch::stack(images), mean = all.mean(0);
  EXPECT_LT(test::relative_error(summary.mean, mean), 1e-5);
  EXPECT_LT(test::relative_error(summary.standard_deviation, ((all - mean).abs().square().sum(0) / 2).sqrt()), 1e-3);
  EXPECT_EQ(summary.runs.size(), 3u);
  EXPECT_EQ(seen, (std::set<int>{0, 1, 2}));
  EXPECT_GT(summary.data_residual, 0);
}

TEST(Registry, EveryMethodHasDefaultsForWhatItReads) {
  for (const NamedMethod& method : named_methods())
    for (const ProblemKind kind : {ProblemKind::mri, ProblemKind::ct, ProblemKind::superres, ProblemKind::inpaint}) {
      const MethodOptions o = default_options(method.name, kind);
      const auto reads = [&](const char* option) {
        return std::count(method.options.begin(), method.options.end(), option) > 0;
      };
      EXPECT_GT(o.iterations, 0) << method.name;
      EXPECT_EQ(o.lambda > 0, reads("lambda")) << method.name;
      EXPECT_EQ(o.step > 0, reads("step")) << method.name;
      EXPECT_EQ(o.sigma_start > 0, reads("sigma_start")) << method.name;
      EXPECT_EQ(o.sigma_end > 0, reads("sigma_end")) << method.name;
      EXPECT_EQ(o.zeta > 0, reads("zeta")) << method.name;
      EXPECT_EQ(o.cg_iterations > 0, reads("cg_iterations")) << method.name;
      EXPECT_EQ(o.levels > 0, reads("levels")) << method.name;
      EXPECT_EQ(o.tolerance > 0, reads("tolerance")) << method.name;
      EXPECT_EQ(method.needs_denoiser, reads("sigma_start")) << method.name;
      EXPECT_GE(o.sigma_start, o.sigma_end);
    }
  EXPECT_THROW(method_by_name("fbp"), Error);
}

}  // namespace
}  // namespace voxprior
