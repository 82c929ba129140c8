#include "pipeline/operators/slice_interpolation.h"

#include <gtest/gtest.h>
#include <torch/types.h>

namespace voxprior {
namespace {

/// Six slices of 5 mm every 4 mm, and thin ones of 1.5 mm about the same middle.
ThickSlices slices() {
  ThickSlices s;
  s.thin_count = 16;
  s.thin_spacing_mm = 1.5;
  s.thick_count = 6;
  s.thick_spacing_mm = 4;
  s.thickness_mm = 5;
  s.first_mm = 0.5 * (15 * 1.5 - 5 * 4.0);
  return s;
}

TEST(SliceInterpolation, KeepsAConstant) {
  const torch::Tensor matrix = slice_interpolation_matrix(slices());
  EXPECT_EQ(matrix.sizes(), (std::vector<std::int64_t>{16, 6}));
  EXPECT_TRUE(matrix.sum(1).allclose(torch::ones({16})));
}

TEST(SliceInterpolation, FollowsAStraightLineBetweenTheSlices) {
  const ThickSlices s = slices();
  const torch::Tensor thick_mm = s.first_mm + 4 * torch::arange(6, torch::kFloat);
  const torch::Tensor thin_mm = 1.5 * torch::arange(16, torch::kFloat);
  const torch::Tensor made = slice_interpolation_matrix(s).matmul(thick_mm.unsqueeze(1)).squeeze(1);
  for (std::int64_t k = 0; k < 16; ++k) {
    const double mm = thin_mm[k].item<double>();
    if (mm < s.first_mm + 4 || mm > s.first_mm + 16) continue;  // a repeated end bends the line
    EXPECT_NEAR(made[k].item<double>(), mm, 1e-4) << k;
  }
}

TEST(SliceInterpolation, PassesThroughTheThickSlices) {
  ThickSlices s = slices();
  s.thin_count = 11;
  s.thin_spacing_mm = 2;
  s.first_mm = 0;  // every other thin slice lies on a thick one
  torch::manual_seed(4);
  const torch::Tensor values = torch::randn({6, 1});
  const torch::Tensor made = slice_interpolation_matrix(s).matmul(values);
  for (std::int64_t m = 0; m < 6; ++m) EXPECT_NEAR(made[2 * m].item<double>(), values[m].item<double>(), 1e-6);
}

}  // namespace
}  // namespace voxprior
