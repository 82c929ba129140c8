#include <gtest/gtest.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "pipeline/samplers/dpm_solver_2m.h"
#include "pipeline/samplers/dpm_solver_3m.h"
#include "pipeline/samplers/encode.h"
#include "pipeline/samplers/euler.h"
#include "pipeline/samplers/exponential_weights.h"
#include "pipeline/samplers/heun.h"
#include "pipeline/samplers/schedule.h"
#include "pipeline/samplers/unipc.h"
#include "tests/pipeline/samplers/closed_forms.h"

// The order of convergence of each deterministic solver, against exact solutions of the ODE.

namespace voxprior {
namespace {

using Solver = std::function<torch::Tensor(const Denoiser&, torch::Tensor, const std::vector<double>&)>;

constexpr double kSigmaMin = 0.05, kSigmaMax = 80;

std::vector<double> levels(int steps) {
  std::vector<double> sigmas = log_uniform_schedule(steps + 1, kSigmaMin, kSigmaMax);
  sigmas.pop_back();  // the step to 0 is of first order in every solver
  return sigmas;
}

/// Largest error over starting points across both peaks, relative to the distance of the peaks.
double error_on_two_peaks(const Solver& solve, int steps) {
  const test::TwoPeaks data;
  const torch::Tensor start = torch::linspace(-1.9, 2, 14, torch::kDouble) * kSigmaMax;
  const torch::Tensor end = solve(data.denoiser(), start.view({1, 1, 1, 2, 7}), levels(steps)).flatten();
  double worst = 0;
  for (std::int64_t i = 0; i < start.numel(); ++i) {
    const double exact = data.ode_solution(start[i].item<double>(), kSigmaMax, kSigmaMin);
    worst = std::max(worst, std::abs(end[i].item<double>() - exact));
  }
  return worst;
}

double error_on_gaussian(const Solver& solve, int steps) {
  const test::GaussianData data{torch::tensor({0.3, -1.0}, torch::kDouble).view({1, 1, 1, 1, 2}),
                                torch::tensor({0.2, 0.7}, torch::kDouble).view({1, 1, 1, 1, 2})};
  const torch::Tensor start = torch::tensor({70., -50.}, torch::kDouble).view({1, 1, 1, 1, 2});
  const torch::Tensor end = solve(data.denoiser(), start, levels(steps));
  return (end - data.ode_solution(start, kSigmaMax, kSigmaMin)).abs().max().item<double>();
}

double order(const std::function<double(const Solver&, int)>& error, const Solver& solve, int steps) {
  return std::log2(error(solve, steps) / error(solve, 2 * steps));
}

Solver bound(torch::Tensor (*solve)(const Denoiser&, torch::Tensor, const std::vector<double>&, const Progress&)) {
  return [solve](const Denoiser& d, torch::Tensor x, const std::vector<double>& s) { return solve(d, x, s, {}); };
}

Solver unipc(int p) {
  return [p](const Denoiser& d, torch::Tensor x, const std::vector<double>& s) { return sample_unipc(d, x, s, {}, p); };
}

Solver decoding(OdeStep step) {
  return [step](const Denoiser& d, torch::Tensor x, const std::vector<double>& s) { return decode(d, x, s, {}, step); };
}

// Measured: 1.00 1.00 (peaks, Gaussian), 2.02 2.01, 1.98 2.00, 3.27 3.07, 3.12 3.00, 3.86 3.96, 4.06 4.06.
void expect_order(double expected, const Solver& solve, int steps) {
  EXPECT_NEAR(order(error_on_two_peaks, solve, steps), expected, 0.35);
  EXPECT_NEAR(order(error_on_gaussian, solve, steps), expected, 0.12);
}

TEST(Order, EulerIsOfOrderOne) { expect_order(1, bound(sample_euler), 128); }
TEST(Order, HeunIsOfOrderTwo) { expect_order(2, bound(sample_heun), 128); }
TEST(Order, DpmSolver2mIsOfOrderTwo) { expect_order(2, bound(sample_dpm_solver_2m), 128); }
TEST(Order, DpmSolver3mIsOfOrderThree) { expect_order(3, bound(sample_dpm_solver_3m), 256); }
TEST(Order, UniPcIsOneOrderAboveItsPredictor) {
  expect_order(3, unipc(2), 128);
  expect_order(4, unipc(3), 256);
}
TEST(Order, RungeKuttaIsOfOrderFour) { expect_order(4, decoding(rk4_step), 64); }

/// DPM-Solver++(3M) with half the weight on the second difference: 1/(r0 + r1) where interpolation gives 2/(r0 + r1).
torch::Tensor half_second_difference(const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas) {
  std::vector<torch::Tensor> d;
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    d.insert(d.begin(), denoise(x, sigmas[i]));
    const double h = std::log(sigmas[i] / sigmas[i + 1]);  // the levels are log-uniform: every step is h
    const double phi1 = std::expm1(-h), phi2 = phi1 / h + 1, phi3 = phi2 / h - 0.5;
    x = std::exp(-h) * x - phi1 * d[0];
    if (i == 1) x = x + phi2 * (d[0] - d[1]);
    if (i > 1) x = x + phi2 * (1.5 * d[0] - 2 * d[1] + 0.5 * d[2]) - phi3 * (0.5 * (d[0] - 2 * d[1] + d[2]));
  }
  return x;
}

TEST(Order, HalfTheSecondDifferenceIsOfOrderTwo) {
  EXPECT_NEAR(order(error_on_gaussian, half_second_difference, 256), 2, 0.12);
}

TEST(ExponentialWeights, IntegratePolynomialsExactlyInEitherDirection) {
  const std::vector<double> nodes{0, -0.4, -1.1, 0.7};
  const auto polynomial = [](double t) { return 2 - t + 0.5 * t * t + 3 * t * t * t; };
  for (const double h : {0.003, 0.7, 0.999, 1.001, 4.0, -0.5, -2.0}) {
    const std::vector<double> weights = exponential_weights(nodes, h);
    double sum = 0, quadrature = 0;
    for (std::size_t k = 0; k < nodes.size(); ++k) sum += weights[k] * polynomial(nodes[k]);
    constexpr int kIntervals = 2000;  // Simpson's rule
    for (int i = 0; i <= kIntervals; ++i) {
      const double t = h * i / kIntervals, weight = i == 0 || i == kIntervals ? 1 : 2 + 2 * (i % 2);
      quadrature += weight * std::exp(t - h) * polynomial(t) * h / (3 * kIntervals);
    }
    EXPECT_NEAR(sum / quadrature, 1, 1e-9) << h;
  }
}

TEST(ExponentialWeights, OfOneNodeAreThoseOfDdim) {
  for (const double h : {1e-9, 0.3, 5.0}) EXPECT_NEAR(exponential_weights({0}, h)[0] / -std::expm1(-h), 1, 1e-14) << h;
}

}  // namespace
}  // namespace voxprior
