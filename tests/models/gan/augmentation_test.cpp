#include "models/gan/augmentation.h"

#include <gmock/gmock.h>
#include <torch/autograd.h>

namespace voxprior {
namespace {

const std::vector<std::int64_t> kSize{8, 10, 12};

torch::Tensor volumes(std::int64_t n) {
  torch::manual_seed(5);
  return torch::randn({n, 1, kSize[0], kSize[1], kSize[2]});
}

std::vector<VolumeTransform> drawn(std::int64_t n, double share, std::uint64_t seed = 1) {
  Random random(seed);
  std::vector<VolumeTransform> transforms;
  for (std::int64_t i = 0; i < n; ++i) transforms.push_back(random_transform(kSize, share, random));
  return transforms;
}

TEST(GanAugmentation, WithShareZeroNothingHappens) {
  const torch::Tensor x = volumes(3);
  EXPECT_TRUE(torch::equal(transformed(x, drawn(3, 0)), x));
}

TEST(GanAugmentation, EachPartDoesWhatItsNameSays) {
  const torch::Tensor x = volumes(1);
  VolumeTransform flip;
  flip.flips = {false, false, true};
  EXPECT_TRUE(torch::equal(transformed(x, {flip}), x.flip(4)));

  VolumeTransform shift;
  shift.shift = {1, 0, -2};
  const torch::Tensor moved = transformed(x, {shift});
  EXPECT_TRUE(torch::equal(moved.slice(2, 1).slice(4, 0, 10), x.slice(2, 0, 7).slice(4, 2)));
  EXPECT_EQ(moved.select(2, 0).abs().sum().item<float>(), 0);
  EXPECT_EQ(moved.slice(4, 10).abs().sum().item<float>(), 0);

  VolumeTransform intensity;
  intensity.gain = 1.5;
  intensity.offset = -0.25;
  EXPECT_TRUE(torch::allclose(transformed(x, {intensity}), 1.5 * x - 0.25));

  VolumeTransform hole;
  hole.hole_begin = {1, 2, 3};
  hole.hole_size = {4, 5, 6};
  const torch::Tensor difference = (transformed(x, {hole}) != x).to(torch::kInt);
  EXPECT_EQ(difference.sum().item<int>(), 4 * 5 * 6);
  EXPECT_EQ(difference.slice(2, 1, 5).slice(3, 2, 7).slice(4, 3, 9).sum().item<int>(), 4 * 5 * 6);
}

TEST(GanAugmentation, RealAndFakeUnderTheSameDrawsAreTreatedAlike) {
  const torch::Tensor real = volumes(6), fake = real.roll(1, 0);
  const auto transforms = drawn(6, 0.8);
  // Affine: the difference of two volumes under one transform does not know its offset.
  const torch::Tensor difference = transformed(real, transforms) - transformed(fake, transforms);
  auto linear = transforms;
  for (VolumeTransform& t : linear) t.offset = 0;
  EXPECT_TRUE(torch::allclose(difference, transformed(real - fake, linear), 1e-4, 1e-5));
}

TEST(GanAugmentation, ItIsDifferentiableAndItsGradientIsItsAdjoint) {
  auto transforms = drawn(8, 0.8, 2);
  for (VolumeTransform& t : transforms) t.offset = 0;  // then it is linear: <T x, y> = <x, T^T y>
  const torch::Tensor x = volumes(8).requires_grad_(true), y = volumes(8).flip(0);
  const torch::Tensor product = (transformed(x, transforms) * y).sum();
  const torch::Tensor gradient = torch::autograd::grad({product}, {x})[0];
  EXPECT_NEAR((gradient * x).sum().item<double>(), product.item<double>(), 1e-3);
  EXPECT_GT(gradient.abs().sum().item<double>(), 0);
}

TEST(GanAugmentation, ThePartsComeAsOftenAsTheShareSaysAndWithinTheirLimits) {
  int flipped = 0, shifted = 0, changed = 0, holes = 0;
  for (const VolumeTransform& t : drawn(2000, 0.4, 3)) {
    flipped += t.flips[0] || t.flips[1] || t.flips[2];
    shifted += t.shift != std::array<std::int64_t, 3>{};
    changed += t.gain != 1;
    holes += t.hole_size[0] > 0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      EXPECT_LE(std::abs(t.shift[axis]), kSize[axis] / 8);
      EXPECT_GE(t.hole_begin[axis], 0);
      EXPECT_LE(t.hole_begin[axis] + t.hole_size[axis], kSize[axis]);
    }
  }
  EXPECT_NEAR(flipped, 2000 * 0.4 * 7 / 8, 80);
  EXPECT_NEAR(shifted, 2000 * 0.4 * 26 / 27, 80);
  EXPECT_NEAR(changed, 2000 * 0.4, 80);
  EXPECT_NEAR(holes, 2000 * 0.4, 80);
}

}  // namespace
}  // namespace voxprior
