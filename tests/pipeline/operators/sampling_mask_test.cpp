#include "pipeline/operators/sampling_mask.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <limits>

#include "tests/support/adjoint.h"

namespace voxprior {
namespace {

torch::Tensor random_mask(std::int64_t seed) {
  torch::manual_seed(static_cast<std::uint64_t>(seed));
  return torch::rand({1, 1, 3, 5, 4}) < 0.6;
}

TEST(SamplingMask, AdjointFitsForward) {
  EXPECT_LT(test::adjoint_gap(SamplingMask(random_mask(1)), torch::kFloat), 1e-7);  // measured 0: no arithmetic
}

TEST(SamplingMask, AdjointGapSeesAnotherMask) {
  const SamplingMask right(random_mask(1)), wrong(random_mask(2));
  EXPECT_GT(test::adjoint_gap(test::Mismatched(right, wrong), torch::kFloat), 1e-3);
}

TEST(SamplingMask, KeepsTheKnownAndProjects) {
  const torch::Tensor mask = random_mask(1), x = torch::randn({1, 1, 3, 5, 4});
  const SamplingMask a(mask);
  EXPECT_TRUE(torch::equal(a.forward(x), x * mask));
  EXPECT_TRUE(torch::equal(a.normal(x), a.forward(x)));
}

TEST(SamplingMask, UnknownVoxelsMayHoldAnything) {
  torch::Tensor x = torch::ones({2}), mask = torch::tensor({true, false});
  x[1] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(torch::equal(SamplingMask(mask).forward(x), torch::tensor({1.0f, 0.0f})));
}

TEST(SamplingMask, RefusesOtherShapesAndTypes) {
  const SamplingMask a(random_mask(1));
  EXPECT_THROW(a.forward(torch::zeros({3, 5, 4})), c10::Error);
  EXPECT_THROW(a.adjoint(torch::zeros({1, 1, 3, 5, 5})), c10::Error);
  EXPECT_THROW(SamplingMask(torch::ones({3})), c10::Error);
}

}  // namespace
}  // namespace voxprior
