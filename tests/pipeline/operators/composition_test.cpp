#include "pipeline/operators/composition.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <memory>

#include "pipeline/operators/separable.h"
#include "tests/support/adjoint.h"
#include "tests/support/refusal.h"

namespace voxprior {
namespace {

// Of an operator that changes sizes, in odd and unequal ones.
LinearOperatorPtr thinning(std::int64_t seed) {
  torch::manual_seed(static_cast<std::uint64_t>(seed));
  return std::make_shared<Separable>(std::array<std::int64_t, 3>{5, 4, 7},
                                     std::array<torch::Tensor, 3>{torch::randn({3, 5}), {}, torch::randn({2, 7})});
}
LinearOperatorPtr weights(std::int64_t seed, torch::ScalarType type = torch::kFloat) {
  torch::manual_seed(static_cast<std::uint64_t>(seed));
  return std::make_shared<Diagonal>(torch::randn({3, 4, 2}, type));
}

TEST(Composition, AdjointFitsForward) {
  const Composition a(weights(1, torch::kComplexFloat), thinning(2));
  EXPECT_LT(test::adjoint_gap(a, torch::kComplexFloat), 1e-6);
  const Composition wrong(weights(3, torch::kComplexFloat), thinning(2));
  EXPECT_GT(test::adjoint_gap(test::Mismatched(a, wrong), torch::kComplexFloat), 1e-3);
  const torch::Tensor x = torch::randn({5, 4, 7});
  EXPECT_TRUE(torch::allclose(a.normal(x + 0 * torch::complex(x, x)), a.adjoint(a.forward(x)), 1e-5, 1e-5));
}

TEST(Composition, RefusesWhatDoesNotFit) {
  const std::string message = test::refusal(ExitCode::input, [] { Composition a(thinning(1), weights(2)); });
  EXPECT_NE(message.find("[3, 4, 2]"), std::string::npos) << message;
}

TEST(Stacked, AdjointFitsForwardAndNormalIsTheSum) {
  const Stacked a({thinning(1), std::make_shared<Identity>(std::vector<std::int64_t>{5, 4, 7}), thinning(2)});
  EXPECT_LT(test::adjoint_gap(a, torch::kFloat), 1e-6);
  const Stacked swapped({thinning(2), std::make_shared<Identity>(std::vector<std::int64_t>{5, 4, 7}), thinning(1)});
  EXPECT_GT(test::adjoint_gap(test::Mismatched(a, swapped), torch::kFloat), 1e-3);
  const torch::Tensor x = torch::randn({5, 4, 7});
  EXPECT_TRUE(torch::allclose(a.normal(x), a.adjoint(a.forward(x)), 1e-4, 1e-4));
  EXPECT_TRUE(torch::equal(a.part_of(a.forward(x), 1), x));
  test::refusal(ExitCode::input, [] { Stacked b({}); });
  test::refusal(ExitCode::input, [] { Stacked b({thinning(1), weights(1)}); });
}

TEST(Scaled, ScalesForwardAdjointAndNormal) {
  const Scaled a(thinning(1), -2.5);
  EXPECT_LT(test::adjoint_gap(a, torch::kFloat), 1e-6);
  const torch::Tensor x = torch::randn({5, 4, 7});
  EXPECT_TRUE(torch::allclose(a.normal(x), a.adjoint(a.forward(x)), 1e-4, 1e-4));
}

TEST(Diagonal, AdjointGapSeesAForgottenConjugate) {
  const torch::Tensor d = torch::randn({3, 5}, torch::kComplexFloat);
  EXPECT_LT(test::adjoint_gap(Diagonal(d), torch::kComplexFloat), 1e-6);
  EXPECT_GT(test::adjoint_gap(test::Mismatched(Diagonal(d), Diagonal(d.conj().resolve_conj())), torch::kComplexFloat),
            1e-3);
}

}  // namespace
}  // namespace voxprior
