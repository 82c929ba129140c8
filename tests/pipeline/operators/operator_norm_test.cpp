#include "pipeline/operators/operator_norm.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <vector>

#include "pipeline/operators/cartesian_sense.h"
#include "pipeline/operators/sampling_mask.h"

namespace voxprior {
namespace {

torch::Tensor random_maps() {
  torch::manual_seed(4);
  return torch::randn({2, 2, 3, 4}, torch::kComplexFloat);
}

torch::Tensor random_mask() {
  torch::manual_seed(5);
  return torch::rand({2, 3, 4}) < 0.6;
}

/// The operator as a matrix, column by column.
torch::Tensor dense(const LinearOperator& a) {
  const std::int64_t columns = at::zeros(a.domain()).numel();
  std::vector<torch::Tensor> images;
  for (const torch::Tensor& unit : torch::eye(columns, torch::kComplexFloat).unbind(0))
    images.push_back(a.forward(unit.view(a.domain())).flatten());
  return torch::stack(images, 1);
}

TEST(OperatorNorm, IsTheLargestSingularValue) {
  const CartesianSense a(random_maps(), random_mask());
  const double largest = torch::linalg_svdvals(dense(a)).max().item<double>();
  EXPECT_NEAR(operator_norm(a, 100, torch::kComplexFloat), largest, 1e-5 * largest);  // measured 2e-7 absolute
}

TEST(OperatorNorm, RisesTowardsTheNormFromBelow) {
  const CartesianSense a(random_maps(), random_mask());
  const double largest = torch::linalg_svdvals(dense(a)).max().item<double>();
  double previous = 0;
  for (const int iterations : {1, 2, 4, 8, 16}) {
    const double estimate = operator_norm(a, iterations, torch::kComplexFloat);
    EXPECT_GT(estimate, previous);
    EXPECT_LT(estimate, largest * (1 + 1e-5));
    previous = estimate;
  }
}

TEST(OperatorNorm, OfAProjectionIsOne) {
  EXPECT_NEAR(operator_norm(SamplingMask(random_mask()), 2, torch::kFloat), 1, 1e-6);
}

TEST(OperatorNorm, OfTheZeroOperatorIsZero) {
  EXPECT_EQ(operator_norm(SamplingMask(torch::zeros({3, 4}, torch::kBool)), 5, torch::kFloat), 0);
}

}  // namespace
}  // namespace voxprior
