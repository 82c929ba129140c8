#include "io/itk/regrid.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/support/awkward_volume.h"

namespace voxprior {
namespace {

using Point = std::array<double, 3>;

constexpr Affine kIdentity{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};

/// Millimetres of a voxel, by the definition of Geometry.
Point place(const Geometry& grid, const Point& index) {
  Point mm = grid.origin_mm;
  for (int row = 0; row < 3; ++row)
    for (int axis = 0; axis < 3; ++axis)
      mm[row] += grid.lps_from_index[3 * row + axis] * grid.spacing_mm[axis] * index[axis];
  return mm;
}

Point transformed(const Affine& transform, const Point& p) {
  Point q{};
  for (int row = 0; row < 3; ++row)
    q[row] = transform[4 * row] * p[0] + transform[4 * row + 1] * p[1] + transform[4 * row + 2] * p[2] +
             transform[4 * row + 3];
  return q;
}

double ramp(const Point& mm) { return 100 + 2 * mm[0] - 3 * mm[1] + 0.5 * mm[2]; }

template <typename Visit>
void for_each_voxel(const Geometry& grid, const Visit& visit) {
  std::size_t n = 0;
  for (std::int64_t k = 0; k < grid.size[2]; ++k)
    for (std::int64_t j = 0; j < grid.size[1]; ++j)
      for (std::int64_t i = 0; i < grid.size[0]; ++i)
        visit(n++, Point{static_cast<double>(i), static_cast<double>(j), static_cast<double>(k)});
}

/// A function linear in millimetres on an oblique anisotropic grid.
Volume ramp_volume() {
  Volume volume = test::awkward_volume();
  volume.geometry.size = {30, 24, 18};
  volume.voxels.resize(static_cast<std::size_t>(volume.geometry.voxel_count()));
  for_each_voxel(volume.geometry, [&](std::size_t n, const Point& index) {
    volume.voxels[n] = static_cast<float>(ramp(place(volume.geometry, index)));
  });
  return volume;
}

/// A turn by 0.2 about z and a shift.
const Affine kTurned{std::cos(0.2), -std::sin(0.2), 0, 3, std::sin(0.2), std::cos(0.2), 0, -2, 0, 0, 1, 1.5};

/// A grid with axes of its own whose centre `kTurned` puts into the centre of `source`.
Geometry grid_inside(const Geometry& source, double spacing_mm) {
  Point middle{};
  for (int n = 0; n < 3; ++n) middle[n] = static_cast<double>(source.size[n] - 1) / 2;
  const Point there = place(source, middle);
  Geometry grid;
  grid.size = {5, 4, 3};
  grid.spacing_mm = {spacing_mm, spacing_mm, spacing_mm};
  grid.lps_from_index = {-1, 0, 0, 0, -1, 0, 0, 0, 1};
  Point at{};  // the inverse of a turn is its transpose
  for (int n = 0; n < 3; ++n)
    for (int row = 0; row < 3; ++row) at[n] += kTurned[4 * row + n] * (there[row] - kTurned[4 * row + 3]);
  grid.origin_mm = {0, 0, 0};
  const Point half = place(grid, {2, 1.5, 1});
  for (int n = 0; n < 3; ++n) grid.origin_mm[n] = at[n] - half[n];
  return grid;
}

class RegridLinearFunction : public testing::TestWithParam<std::tuple<Regridding, double>> {};

// A symmetric kernel that sums to one leaves a linear function alone, so that smoothing must not show, either. The
// spline's end condition, a mirror, and the smoothing's, a constant, reach a few voxels in: the grid is small and
// central.
TEST_P(RegridLinearFunction, IsWhatItIsAtTheTransformedPoint) {
  const auto [how, spacing_mm] = GetParam();
  const Volume source = ramp_volume();
  const Geometry grid = grid_inside(source.geometry, spacing_mm);
  const std::vector<float> values = regrid(source, grid, kTurned, how, -999);
  ASSERT_EQ(values.size(), 60u);
  // The ramp spans about 150; the spline's mirror is felt as 1e-3 of that, float32 as 1e-5.
  const double tolerance = how == Regridding::linear ? 0.01 : 0.1;
  for_each_voxel(grid, [&](std::size_t n, const Point& index) {
    EXPECT_NEAR(values[n], ramp(transformed(kTurned, place(grid, index))), tolerance);
  });
}

INSTANTIATE_TEST_SUITE_P(All, RegridLinearFunction,
                         testing::Combine(testing::Values(Regridding::linear, Regridding::bspline),
                                          testing::Values(0.6, 1.7)));

TEST(Regrid, CopiesWhereVoxelsCoincide) {
  const Volume source = test::awkward_volume();
  Geometry grid = source.geometry;
  grid.size = {5, 6, 6};
  grid.origin_mm = place(source.geometry, {1, -1, 2});  // one voxel in, one out, two in
  for (const Regridding how : {Regridding::nearest, Regridding::linear, Regridding::bspline}) {
    const std::vector<float> values = regrid(source, grid, kIdentity, how, -7);
    for_each_voxel(grid, [&](std::size_t n, const Point& index) {
      const auto i = static_cast<std::int64_t>(index[0]) + 1, j = static_cast<std::int64_t>(index[1]) - 1,
                 k = static_cast<std::int64_t>(index[2]) + 2;
      const bool inside = i < 7 && j >= 0 && j < 5 && k < 6;
      EXPECT_EQ(values[n], inside ? source.voxels[static_cast<std::size_t>((k * 5 + j) * 7 + i)] : -7.F);
    });
  }
}

TEST(Regrid, NearestMakesNoNewValues) {
  Volume source = ramp_volume();
  for (std::size_t n = 0; n < source.voxels.size(); ++n) source.voxels[n] = static_cast<float>(n % 3 * 5);
  for (const float value : regrid(source, grid_inside(source.geometry, 1.7), kTurned, Regridding::nearest, 0))
    EXPECT_TRUE(value == 0 || value == 5 || value == 10) << value;
}

/// One bright voxel in zeros, on a voxel of grids two and three times as coarse.
Volume impulse() {
  Volume volume;
  volume.geometry.size = {37, 37, 37};
  volume.voxels.resize(37 * 37 * 37);
  volume.voxels[(18 * 37 + 18) * 37 + 18] = 1000;
  return volume;
}

// Sampled without smoothing, the impulse would keep its 1000 and its neighbours their 0. The discrete Gaussian of
// variance t is exp(-t) I_n(t) at n voxels (Lindeberg, IEEE PAMI 1990).
TEST(Regrid, CoarserGridSeesTheSourceSmoothedToItsVoxels) {
  const Volume source = impulse();
  for (const std::int64_t factor : {2, 3}) {
    Geometry grid = source.geometry;
    for (int n = 0; n < 3; ++n) {
      grid.size[n] = 12;
      grid.spacing_mm[n] = static_cast<double>(factor);
    }
    const double t = static_cast<double>(factor * factor - 1) / (8 * std::log(2.0));
    const auto kernel = [&](double n) { return std::exp(-t) * std::cyl_bessel_i(n, t); };
    const std::int64_t centre = 18 / factor;
    const std::vector<float> values = regrid(source, grid, kIdentity, Regridding::linear, 0);
    const auto at = [&](std::int64_t i) { return values[static_cast<std::size_t>((centre * 12 + centre) * 12 + i)]; };
    EXPECT_NEAR(at(centre), 1000 * std::pow(kernel(0), 3), 1);  // ITK cuts the kernel where 0.1 % is left
    EXPECT_NEAR(at(centre + 1), 1000 * std::pow(kernel(0), 2) * kernel(static_cast<double>(factor)), 1);
  }
}

TEST(Regrid, SplineStaysInRangeAndLeavesAZeroedBackgroundAlone) {
  Volume source = ramp_volume();
  for (std::size_t n = 0; n < source.voxels.size(); ++n) source.voxels[n] = n / (30 * 24) < 9 ? 0.F : 800.F;
  Geometry grid = source.geometry;
  for (int n = 0; n < 3; ++n) grid.spacing_mm[n] *= 0.8;
  const std::vector<float> values = regrid(source, grid, kIdentity, Regridding::bspline, 0);
  EXPECT_EQ(*std::min_element(values.begin(), values.end()), 0);
  EXPECT_LE(*std::max_element(values.begin(), values.end()), 800);
  const auto zeroed = static_cast<std::ptrdiff_t>(30 * 24 * 10);  // planes of the new grid up to 9 * 0.8 of the old
  EXPECT_TRUE(std::all_of(values.begin(), values.begin() + zeroed, [](float v) { return v == 0; }));
  EXPECT_TRUE(std::any_of(values.begin() + zeroed, values.end(), [](float v) { return v > 700; }));
}

}  // namespace
}  // namespace voxprior
