#include "pipeline/operators/nufft.h"

#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>
#include <string>

#include "pipeline/operators/centred_fft.h"
#include "pipeline/operators/non_cartesian_sense.h"
#include "tests/support/adjoint.h"
#include "tests/support/refusal.h"

namespace voxprior {
namespace {

using Sizes = std::array<std::int64_t, 3>;

/// `count` positions anywhere in k-space.
torch::Tensor anywhere(const Sizes& sizes, std::int64_t count, std::uint64_t seed = 4) {
  torch::manual_seed(seed);
  const torch::Tensor half =
      torch::tensor({static_cast<float>(sizes[0]), static_cast<float>(sizes[1]), static_cast<float>(sizes[2])}) / 2;
  return (2 * torch::rand({count, 3}) - 1) * half;
}

/// The sum written out in double precision.
torch::Tensor fourier_sum(const torch::Tensor& x, const torch::Tensor& positions) {
  torch::Tensor sum = x.to(torch::kComplexDouble);
  std::vector<torch::Tensor> waves;
  for (int a = 0; a < 3; ++a) {
    const std::int64_t size = x.size(a);
    const torch::Tensor n = torch::arange(size, torch::kDouble) - static_cast<double>(size / 2);
    const torch::Tensor k =
        size == 1 ? torch::zeros({positions.size(0)}, torch::kDouble) : positions.select(1, a).to(torch::kDouble);
    const torch::Tensor angle = torch::outer(k, n) * (-2 * M_PI / static_cast<double>(size));
    waves.push_back(torch::polar(torch::ones_like(angle) / std::sqrt(static_cast<double>(size)), angle));
  }
  return torch::einsum("dhw,md,mh,mw->m", {sum, waves[0], waves[1], waves[2]});
}

double error_of(const Sizes& sizes, const NufftOptions& options) {
  const torch::Tensor positions = anywhere(sizes, 300);
  const torch::Tensor x = torch::randn({sizes[0], sizes[1], sizes[2]}, torch::kComplexFloat);
  const torch::Tensor exact = fourier_sum(x, positions);
  const torch::Tensor found = Nufft(sizes, positions, options).forward(x).to(torch::kComplexDouble);
  return ((found - exact).norm() / exact.norm()).item().toDouble();
}

TEST(Nufft, ErrorAgainstTheSumWrittenOut) {
  for (const Sizes& sizes : {Sizes{9, 14, 11}, Sizes{1, 33, 40}, Sizes{1, 1, 27}}) {
    EXPECT_LT(error_of(sizes, {1.25, 4}), 0.01);
    EXPECT_LT(error_of(sizes, {1.5, 6}), 2e-4);
    EXPECT_LT(error_of(sizes, {2, 6}), 2e-5);
  }
}

TEST(Nufft, AdjointFitsForward) {
  for (const Sizes& sizes : {Sizes{9, 14, 11}, Sizes{1, 33, 40}, Sizes{1, 1, 27}}) {
    const Nufft a(sizes, anywhere(sizes, 301));
    EXPECT_LT(test::adjoint_gap(a, torch::kComplexFloat), 1e-6);
    const Nufft wrong(sizes, anywhere(sizes, 301) + 0.01 * (anywhere(sizes, 301) < 0));
    EXPECT_GT(test::adjoint_gap(test::Mismatched(a, wrong), torch::kComplexFloat), 1e-5);
  }
}

TEST(Nufft, PositionsOnTheGridGiveTheFft) {
  const Sizes sizes{5, 6, 7};
  const torch::Tensor x = torch::randn({5, 6, 7}, torch::kComplexFloat);
  const auto along = [](std::int64_t size) { return torch::arange(size) - static_cast<double>(size / 2); };
  const std::vector<torch::Tensor> mesh = torch::meshgrid({along(5), along(6), along(7)}, "ij");
  const torch::Tensor positions =
      torch::stack({mesh[0].reshape(-1), mesh[1].reshape(-1), mesh[2].reshape(-1)}, 1).to(torch::kFloat);
  const torch::Tensor y = Nufft(sizes, positions, {2, 6}).forward(x).view({5, 6, 7}), exact = centred_fft(x);
  EXPECT_LT(((y - exact).norm() / exact.norm()).item().toDouble(), 2e-5);
}

TEST(Nufft, ResultsDoNotDependOnThreads) {
  const Sizes sizes{20, 14, 11};
  const Nufft a(sizes, anywhere(sizes, 5000));
  const torch::Tensor x = torch::randn(a.domain(), torch::kComplexFloat),
                      y = torch::randn(a.codomain(), torch::kComplexFloat);
  const int threads = torch::get_num_threads();
  torch::set_num_threads(1);
  const torch::Tensor ax = a.forward(x), ahy = a.adjoint(y);
  torch::set_num_threads(5);
  EXPECT_TRUE(torch::equal(a.forward(x), ax));
  EXPECT_TRUE(torch::equal(a.adjoint(y), ahy));
  torch::set_num_threads(threads);
}

TEST(Nufft, RefusesPositionsThatCannotBe) {
  const Sizes sizes{1, 8, 8};
  torch::Tensor far = anywhere(sizes, 5), nan = anywhere(sizes, 5);
  far[3][1] = 4.5;
  nan[2][2] = std::nan("");
  EXPECT_NE(test::refusal(ExitCode::input, [&] { Nufft(sizes, far); }).find("4.5 cycles"), std::string::npos);
  test::refusal(ExitCode::input, [&] { Nufft(sizes, nan); });
  test::refusal(ExitCode::input, [&] { Nufft(sizes, torch::zeros({0, 3})); });
  test::refusal(ExitCode::input, [&] { Nufft(sizes, torch::zeros({5, 2})); });
  EXPECT_THROW(Nufft(sizes, anywhere(sizes, 5)).adjoint(torch::zeros({6}, torch::kComplexFloat)), c10::Error);
}

TEST(NonCartesianSense, AdjointFitsForward) {
  for (const Sizes& sizes : {Sizes{6, 9, 7}, Sizes{1, 15, 12}}) {
    torch::manual_seed(6);
    const torch::Tensor maps = torch::randn({3, sizes[0], sizes[1], sizes[2]}, torch::kComplexFloat);
    const NonCartesianSense a(maps, anywhere(sizes, 90)), wrong(maps.conj().resolve_conj(), anywhere(sizes, 90));
    EXPECT_LT(test::adjoint_gap(a, torch::kComplexFloat), 1e-6);
    EXPECT_GT(test::adjoint_gap(test::Mismatched(a, wrong), torch::kComplexFloat), 1e-3);
  }
}

TEST(NonCartesianSense, ToeplitzIsAdjointOfForward) {
  for (const Sizes& sizes : {Sizes{6, 9, 7}, Sizes{1, 15, 12}}) {
    torch::manual_seed(6);
    const torch::Tensor maps = torch::randn({3, sizes[0], sizes[1], sizes[2]}, torch::kComplexFloat);
    const torch::Tensor x = torch::randn({sizes[0], sizes[1], sizes[2]}, torch::kComplexFloat);
    const NonCartesianSense a(maps, anywhere(sizes, 200), {2, 6});
    const torch::Tensor gridded = a.adjoint(a.forward(x));
    EXPECT_LT(((a.normal(x) - gridded).norm() / gridded.norm()).item().toDouble(), 5e-5);
  }
}

}  // namespace
}  // namespace voxprior
