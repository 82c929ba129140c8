#include "models/training/flop_counter.h"

#include <ATen/record_function.h>
#include <torch/autograd.h>
#include <torch/utils.h>

namespace voxprior {
namespace {

torch::Tensor leaf(torch::IntArrayRef shape) { return torch::randn(shape).requires_grad_(true); }

TEST(FlopCounter, OfAConvolutionAndItsGradientsIsTheClosedForm) {
  const torch::Tensor x = leaf({2, 3, 8, 9, 10}), kernel = leaf({5, 3, 3, 3, 3});
  // Stride 2 without padding: 3 x 4 x 4 positions.
  const std::int64_t one = 2 * (2 * 5 * 3 * 4 * 4) * (3 * 27);
  torch::Tensor y;
  EXPECT_EQ(count_flop([&] { y = torch::conv3d(x, kernel, {}, 2); }), one);
  EXPECT_EQ(count_flop([&] { y.sum().backward(); }), 2 * one);
}

TEST(FlopCounter, AGradientThatNobodyAsksForIsNotCounted) {
  const torch::Tensor x = torch::randn({1, 2, 6, 6, 6}), kernel = leaf({4, 2, 3, 3, 3});
  const std::int64_t one = 2 * (4 * 6 * 6 * 6) * (2 * 27);
  EXPECT_EQ(count_flop([&] { torch::conv3d(x, kernel, {}, 1, 1).sum().backward(); }), 2 * one);
}

TEST(FlopCounter, GroupsAndDilationCountAsOftenAsTheyMultiply) {
  const torch::Tensor x = torch::randn({1, 4, 9, 9, 9}), kernel = torch::randn({4, 2, 3, 3, 3});
  EXPECT_EQ(count_flop([&] { torch::conv3d(x, kernel, {}, 1, 1, 2, 2); }), 2 * (4 * 7 * 7 * 7) * (2 * 27));
}

TEST(FlopCounter, OfATransposedConvolutionIsThatOfItsAdjoint) {
  const torch::Tensor x = leaf({1, 3, 4, 4, 4}), kernel = leaf({3, 5, 2, 2, 2});
  const std::int64_t one = 2 * (3 * 4 * 4 * 4) * (5 * 8);
  torch::Tensor y;
  EXPECT_EQ(count_flop([&] { y = torch::conv_transpose3d(x, kernel, {}, 2); }), one);
  EXPECT_EQ(count_flop([&] { y.sum().backward(); }), 2 * one);
}

// The gradient of the squared gradient towards the volume, as a critic's penalty has it: the first gradient is one
// convolution, and its own gradients are two.
TEST(FlopCounter, OfAGradientOfAGradient) {
  const torch::Tensor x = leaf({1, 2, 6, 6, 6}), kernel = leaf({4, 2, 3, 3, 3});
  const std::int64_t one = 2 * (4 * 6 * 6 * 6) * (2 * 27);
  torch::Tensor slope;
  EXPECT_EQ(count_flop([&] {
              const torch::Tensor y = torch::conv3d(x, kernel, {}, 1, 1).square().sum();
              slope = torch::autograd::grad({y}, {x}, {}, true, true)[0];
            }),
            2 * one);
  // Back through that gradient, towards its kernel and what came from the first convolution, and through the first.
  EXPECT_EQ(count_flop([&] { slope.square().sum().backward(); }), 4 * one);
}

TEST(FlopCounter, OfMatrixProductsIsTheClosedForm) {
  const torch::Tensor a = leaf({4, 5}), b = leaf({5, 6}), many = torch::randn({3, 4, 5}),
                      other = torch::randn({3, 5, 7});
  torch::Tensor c;
  EXPECT_EQ(count_flop([&] { c = torch::matmul(a, b); }), 2 * 4 * 5 * 6);
  EXPECT_EQ(count_flop([&] { c.sum().backward(); }), 2 * 2 * 4 * 5 * 6);
  EXPECT_EQ(count_flop([&] { torch::matmul(many, other); }), 2 * 3 * 4 * 5 * 7);
  EXPECT_EQ(count_flop([&] { torch::baddbmm(torch::zeros({3, 4, 7}), many, other); }), 2 * 3 * 4 * 5 * 7);
  EXPECT_EQ(count_flop([&] { torch::addmm(torch::zeros({6}), a, b); }), 2 * 4 * 5 * 6);
}

TEST(FlopCounter, ItStopsWithTheWork) {
  const torch::Tensor a = torch::randn({4, 4});
  EXPECT_GT(count_flop([&] { torch::mm(a, a); }), 0);
  EXPECT_THROW(count_flop([] { throw std::runtime_error("stopped"); }), std::runtime_error);
  EXPECT_FALSE(at::hasThreadLocalCallbacks());
}

}  // namespace
}  // namespace voxprior
