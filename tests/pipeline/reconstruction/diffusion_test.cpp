#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>

#include "base/error.h"
#include "pipeline/reconstruction/dds.h"
#include "pipeline/reconstruction/denoiser_levels.h"
#include "pipeline/reconstruction/diffpir.h"
#include "pipeline/reconstruction/dps.h"
#include "pipeline/reconstruction/image_noise.h"
#include "tests/pipeline/reconstruction/gaussian_problem.h"

// The samplers are written in x = x0 + sigma n. Here they are written again as their papers have them, with alpha-bar,
// and must draw the same image.

namespace voxprior {
namespace {

using test::kNoise;
using test::kPriorStd;

MethodOptions options() {
  MethodOptions o;
  o.iterations = 12;
  o.lambda = 2;
  o.step = 1;
  o.sigma_start = 3;
  o.sigma_end = 0.1;
  o.zeta = 0.3;
  o.cg_iterations = 10;  // exact: the operator has three eigenvalues
  o.seed = 5;
  return o;
}

/// What the papers' loops need: alpha-bar of each level, the noise prediction of the network, the exact data step.
struct PaperSetting {
  ReconstructionProblem problem = test::gaussian_problem();
  NormalisedProblem normalised = normalise(problem);
  MethodOptions o = options();
  std::vector<double> sigmas = denoiser_levels(normalised, o, o.iterations), abar;
  ImageNoise noise = image_noise(o.seed);
  torch::Tensor d = problem.a->forward(torch::ones_like(problem.y)), x;

  PaperSetting() {
    for (const double sigma : sigmas) abar.push_back(1 / (1 + sigma * sigma));
    x = std::sqrt(abar[0]) * normalised.start + std::sqrt(1 - abar[0]) * noise(normalised.start, 0);
  }
  /// The network that predicts noise: x0 = (x - sqrt(1 - abar) eps) / sqrt(abar) is the denoised image.
  torch::Tensor eps(std::size_t i) const {
    const torch::Tensor clean = normalised.denoise(x / std::sqrt(abar[i]), sigmas[i]);
    return (x - std::sqrt(abar[i]) * clean) / std::sqrt(1 - abar[i]);
  }
  torch::Tensor clean(std::size_t i, const torch::Tensor& e) const {
    return (x - std::sqrt(1 - abar[i]) * e) / std::sqrt(abar[i]);
  }
  torch::Tensor data_step(const torch::Tensor& z, double rho) const {
    return (d * problem.y + rho * z) / (d * d + rho);
  }
};

TEST(Diffpir, IsThatOfThePaperAfterTheChangeOfVariables) {
  PaperSetting s;
  torch::Tensor x0;
  for (std::size_t i = 0; i < s.sigmas.size(); ++i) {
    x0 = s.clean(i, s.eps(i));
    if (i + 1 == s.sigmas.size()) break;
    const double sigma_bar = std::sqrt((1 - s.abar[i]) / s.abar[i]);
    const torch::Tensor x0hat = s.data_step(x0, s.o.lambda * kNoise * kNoise / (sigma_bar * sigma_bar));
    const torch::Tensor ehat = (s.x - std::sqrt(s.abar[i]) * x0hat) / std::sqrt(1 - s.abar[i]);
    s.x = std::sqrt(s.abar[i + 1]) * x0hat +
          std::sqrt(1 - s.abar[i + 1]) * (std::sqrt(1 - s.o.zeta) * ehat + std::sqrt(s.o.zeta) * s.noise(x0, i + 1));
  }
  EXPECT_LT(test::relative_error(reconstruct(s.problem, reconstruct_diffpir, s.o).image, x0), 1e-5);
}

TEST(Dds, IsThatOfThePaperAfterTheChangeOfVariables) {
  PaperSetting s;
  const double gamma = 1 / s.o.lambda, eta = std::sqrt(s.o.zeta);
  torch::Tensor x0hat;
  for (std::size_t i = 0; i < s.sigmas.size(); ++i) {
    const torch::Tensor e = s.eps(i), x0 = s.clean(i, e);
    x0hat = (x0 + gamma * s.d * s.problem.y) / (1 + gamma * s.d * s.d);
    if (i + 1 == s.sigmas.size()) break;
    s.x = std::sqrt(s.abar[i + 1]) * x0hat +
          std::sqrt(1 - s.abar[i + 1]) * (eta * s.noise(x0, i + 1) + std::sqrt(1 - eta * eta) * e);
  }
  EXPECT_LT(test::relative_error(reconstruct(s.problem, reconstruct_dds, s.o).image, x0hat), 1e-5);
}

/// Ancestral sampling (DDPM, equation 7 of arXiv:2006.11239) towards x0 less the pull; for a Gaussian prior the
/// Jacobian of D is a number.
TEST(Dps, IsThatOfThePaperAfterTheChangeOfVariables) {
  PaperSetting s;
  torch::Tensor guided;
  for (std::size_t i = 0; i < s.sigmas.size(); ++i) {
    const torch::Tensor x0 = s.clean(i, s.eps(i)), r = s.d * x0 - s.problem.y;
    const double variance = std::max(kNoise * kNoise, r.square().mean().item().toDouble());
    // In these coordinates d x0 / d x is jacobian / sqrt(abar), and a gradient step of this length moves x0 by g.
    const double jacobian = kPriorStd * kPriorStd / (kPriorStd * kPriorStd + s.sigmas[i] * s.sigmas[i]);
    const torch::Tensor gradient = (jacobian / std::sqrt(s.abar[i])) * s.d * r;
    guided = x0 - ((1 - s.abar[i]) / std::sqrt(s.abar[i]) / variance) * gradient;
    if (i + 1 == s.sigmas.size()) break;
    const double a = s.abar[i], before = s.abar[i + 1], alpha = a / before;
    s.x = std::sqrt(before) * (1 - alpha) / (1 - a) * guided + std::sqrt(alpha) * (1 - before) / (1 - a) * s.x +
          std::sqrt((1 - before) / (1 - a) * (1 - alpha)) * s.noise(x0, i + 1);
  }
  EXPECT_LT(test::relative_error(reconstruct(s.problem, reconstruct_dps, s.o).image, guided), 1e-5);
}

TEST(Dps, RefusesADenoiserThatCannotBeDifferentiated) {
  ReconstructionProblem problem = test::gaussian_problem();
  problem.denoise = [](const torch::Tensor& x, double) { return x.detach(); };
  EXPECT_THROW(reconstruct(problem, reconstruct_dps, options()), Error);
}

TEST(Diffusion, ASeedIsASampleAndAnotherSeedIsAnother) {
  for (const ReconstructionMethod& method :
       {ReconstructionMethod(reconstruct_diffpir), ReconstructionMethod(reconstruct_dds),
        ReconstructionMethod(reconstruct_dps)}) {
    MethodOptions o = options();
    const torch::Tensor first = reconstruct(test::gaussian_problem(), method, o).image;
    EXPECT_TRUE(torch::equal(first, reconstruct(test::gaussian_problem(), method, o).image));
    o.seed = 6;
    EXPECT_GT(test::relative_error(reconstruct(test::gaussian_problem(), method, o).image, first), 1e-3);
  }
}

TEST(ImageNoise, OfAComplexImageHasStandardDeviationOneInEachPart) {
  const torch::Tensor noise = image_noise(1)(torch::zeros({20, 20, 20}, torch::kComplexFloat), 3);
  EXPECT_NEAR(torch::real(noise).std().item().toDouble(), 1, 0.03);
  EXPECT_NEAR(torch::imag(noise).std().item().toDouble(), 1, 0.03);
  EXPECT_LT(std::abs((torch::real(noise) * torch::imag(noise)).mean().item().toDouble()), 0.05);
}

}  // namespace
}  // namespace voxprior
