#include "io/itk/resample.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/awkward_volume.h"

namespace voxprior {
namespace {

/// Millimetres of a voxel, by the definition of Geometry.
std::array<double, 3> place(const Geometry& grid, double i, double j, double k) {
  const std::array<double, 3> index{i, j, k};
  std::array<double, 3> mm = grid.origin_mm;
  for (int row = 0; row < 3; ++row) {
    for (int axis = 0; axis < 3; ++axis)
      mm[row] += grid.lps_from_index[3 * row + axis] * grid.spacing_mm[axis] * index[axis];
  }
  return mm;
}

double ramp(const std::array<double, 3>& mm) { return 100 + 2 * mm[0] - 3 * mm[1] + 0.5 * mm[2]; }

/// A function linear in millimetres, sampled on a grid whose planes shift along rows and columns.
Volume sheared_ramp() {
  Volume volume = test::awkward_volume();
  Geometry& grid = volume.geometry;
  grid.size = {9, 10, 12};
  grid.spacing_mm[2] = 2;
  std::array<double, 3> axis{};
  for (int n = 0; n < 3; ++n)
    axis[n] = 0.2 * grid.lps_from_index[3 * n] - 0.3 * grid.lps_from_index[3 * n + 1] + grid.lps_from_index[3 * n + 2];
  const double length = std::hypot(axis[0], axis[1], axis[2]);
  for (int n = 0; n < 3; ++n) grid.lps_from_index[3 * n + 2] = axis[n] / length;
  volume.voxels.clear();
  for (int k = 0; k < 12; ++k) {
    for (int j = 0; j < 10; ++j) {
      for (int i = 0; i < 9; ++i) volume.voxels.push_back(static_cast<float>(ramp(place(grid, i, j, k))));
    }
  }
  return volume;
}

class Resample : public testing::TestWithParam<Interpolation> {};

TEST_P(Resample, UprightGridIsPerpendicularAndCoversTheShearedOne) {
  const Volume before = sheared_ramp();
  const Geometry grid = resample_upright(before, GetParam()).geometry;
  for (int a = 0; a < 3; ++a) {
    for (int b = 0; b <= a; ++b) {
      double product = 0;
      for (int row = 0; row < 3; ++row) product += grid.lps_from_index[3 * row + a] * grid.lps_from_index[3 * row + b];
      EXPECT_NEAR(product, a == b, 1e-12);
    }
  }
  EXPECT_NEAR(grid.spacing_mm[2], 2 / std::sqrt(1 + 0.04 + 0.09), 1e-12);
  // The far planes shift by 11 * 2 mm * (0.2, -0.3) / 1.063: 5.91 of 0.7 mm and -4.78 of 1.3 mm.
  EXPECT_EQ(grid.size, (std::array<std::int64_t, 3>{9 + 6, 10 + 5, 12}));
}

/// Index along rows and columns, in the sheared grid, of voxel (i, j, k) of the upright one: planes are the same,
/// shifted by 0.2 mm along rows and -0.3 mm along columns for each mm of height.
std::array<double, 2> sheared_index(const Geometry& sheared, const Geometry& upright, double i, double j, double k) {
  const std::array<double, 3> mm = place(upright, i, j, k), first = place(sheared, 0, 0, k);
  std::array<double, 2> index{};
  for (int axis = 0; axis < 2; ++axis) {
    for (int row = 0; row < 3; ++row)
      index[axis] += (mm[row] - first[row]) * sheared.lps_from_index[3 * row + axis] / sheared.spacing_mm[axis];
  }
  return index;
}

// Between the voxels of the source. The spline takes more of a margin: it mirrors at the ends, where a ramp has a kink.
TEST_P(Resample, ALinearFunctionOfMillimetresStaysWhatItWas) {
  const Volume before = sheared_ramp(), after = resample_upright(before, GetParam());
  const Geometry &grid = after.geometry, &old = before.geometry;
  const bool linear = GetParam() == Interpolation::linear;
  const double margin = linear ? 0 : 3, tolerance = linear ? 1e-3 : 0.2;  // the ramp spans 100
  int inside = 0;
  for (std::int64_t n = 0; n < grid.voxel_count(); ++n) {
    const auto i = static_cast<double>(n % grid.size[0]), j = static_cast<double>(n / grid.size[0] % grid.size[1]),
               k = static_cast<double>(n / grid.size[0] / grid.size[1]);
    const auto [u, v] = sheared_index(old, grid, i, j, k);
    if (u < margin || v < margin || u > 8 - margin || v > 9 - margin || k < margin || k > 11 - margin) continue;
    EXPECT_NEAR(after.voxels[static_cast<std::size_t>(n)], ramp(place(grid, i, j, k)), tolerance);
    ++inside;
  }
  EXPECT_GT(inside, linear ? 12 * 8 * 8 : 6 * 2 * 2);
}

Volume upright_ramp() {
  Volume volume = test::awkward_volume();
  Geometry& grid = volume.geometry;
  grid.size = {20, 21, 22};
  volume.voxels.clear();
  for (int k = 0; k < 22; ++k) {
    for (int j = 0; j < 21; ++j) {
      for (int i = 0; i < 20; ++i) volume.voxels.push_back(static_cast<float>(ramp(place(grid, i, j, k))));
    }
  }
  return volume;
}

TEST(GridWithSpacing, HasThatSpacingAndTheSameCentreAndDirections) {
  Geometry grid = test::awkward_volume().geometry;
  grid.size = {9, 10, 12};
  grid.spacing_mm = {0.7, 1.3, 2};
  const Geometry fine = grid_with_spacing(grid, {0.5, 1.3, 5});
  EXPECT_EQ(fine.spacing_mm, (std::array<double, 3>{0.5, 1.3, 5}));
  EXPECT_EQ(fine.size, (std::array<std::int64_t, 3>{13, 10, 5}));  // 6.3 / 0.5 = 12.6; 24 / 5 = 4.8
  EXPECT_EQ(fine.lps_from_index, grid.lps_from_index);
  const auto before = place(grid, 4, 4.5, 5.5), after = place(fine, 6, 4.5, 2);
  for (int n = 0; n < 3; ++n) EXPECT_NEAR(after[n], before[n], 1e-12);
}

// Interpolation and Gaussian smoothing both leave a linear function as it is, but for what the border does to it:
// mirrored or held there, smoothed over three voxels of the finer grid at most.
TEST_P(Resample, ALinearFunctionOfPlaceStaysItself) {
  const Volume before = upright_ramp();
  const auto& old = before.geometry.spacing_mm;
  const Volume after = resample_to_spacing(before, {0.6 * old[0], old[1], 1.4 * old[2]}, GetParam());
  const auto& size = after.geometry.size;
  ASSERT_EQ(static_cast<std::int64_t>(after.voxels.size()), after.geometry.voxel_count());
  constexpr int kBorder = 4;
  for (std::int64_t k = kBorder; k < size[2] - kBorder; ++k) {
    for (std::int64_t j = kBorder; j < size[1] - kBorder; ++j) {
      for (std::int64_t i = kBorder; i < size[0] - kBorder; ++i) {
        const double expected =
            ramp(place(after.geometry, static_cast<double>(i), static_cast<double>(j), static_cast<double>(k)));
        // 0.02 of values that change by 1 to 4 from voxel to voxel: a spline mirrored at the border rings inwards.
        ASSERT_NEAR(after.voxels[static_cast<std::size_t>((k * size[1] + j) * size[0] + i)], expected, 0.02);
      }
    }
  }
}

TEST_P(Resample, TheSpacingThatItHasChangesNothing) {
  const Volume before = test::awkward_volume();
  const Volume after = resample_to_spacing(before, before.geometry.spacing_mm, GetParam());
  EXPECT_EQ(after.voxels, before.voxels);
  EXPECT_EQ(after.geometry.origin_mm, before.geometry.origin_mm);
  EXPECT_EQ(after.stored.native_header, before.stored.native_header);
}

INSTANTIATE_TEST_SUITE_P(Both, Resample, testing::Values(Interpolation::linear, Interpolation::bspline));

TEST(Resample, AnUprightVolumeIsReturnedAsItIs) {
  const Volume before = test::awkward_volume();
  const Volume after = resample_upright(before, Interpolation::linear);
  EXPECT_EQ(after.voxels, before.voxels);
  EXPECT_EQ(after.geometry.size, before.geometry.size);
}

}  // namespace
}  // namespace voxprior
