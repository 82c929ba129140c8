#include "pipeline/reconstruction/smooth_fill.h"

#include <gtest/gtest.h>
#include <torch/types.h>

namespace voxprior {
namespace {

/// A straight ramp along each axis: every voxel inside is the mean of its neighbours.
torch::Tensor ramp() {
  return 3 + torch::arange(7).view({7, 1, 1}) - 2 * torch::arange(9).view({1, 9, 1}) + 0.5 * torch::arange(10);
}

TEST(SmoothFill, ARampIsContinuedThroughAHole) {
  const torch::Tensor whole = ramp().to(torch::kFloat32), known = torch::ones({7, 9, 10}, torch::kBool);
  known.slice(0, 2, 5).slice(1, 3, 6).slice(2, 4, 8).fill_(false);
  const torch::Tensor filled = smooth_fill(whole * known, known, 300);
  EXPECT_LT((filled - whole).abs().max().item<float>(), 1e-3);
}

TEST(SmoothFill, WhatIsKnownStays) {
  torch::manual_seed(5);
  const torch::Tensor values = torch::randn({5, 6, 7}), known = torch::rand({5, 6, 7}) < 0.3;
  const torch::Tensor filled = smooth_fill(values, known);
  EXPECT_TRUE(filled.masked_select(known).equal(values.masked_select(known)));
  EXPECT_LE(filled.max().item<float>(), values.masked_select(known).max().item<float>() + 1e-5);
}

TEST(SmoothFill, OneKnownVoxelFillsEverything) {
  const torch::Tensor values = torch::zeros({5, 9, 6}), known = torch::zeros({5, 9, 6}, torch::kBool);
  values[4][8][1] = 2.5;
  known[4][8][1] = true;
  EXPECT_TRUE(smooth_fill(values, known).allclose(torch::full({5, 9, 6}, 2.5)));
}

}  // namespace
}  // namespace voxprior
