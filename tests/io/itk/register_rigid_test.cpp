#include "io/itk/register_rigid.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "io/itk/regrid.h"
#include "io/volume_file.h"

namespace voxprior {
namespace {

constexpr double kPi = 3.14159265358979323846;

using Point = std::array<double, 3>;

Point transformed(const Affine& transform, const Point& p) {
  Point q{};
  for (int row = 0; row < 3; ++row) {
    q[row] = transform[4 * row + 3];
    for (int n = 0; n < 3; ++n) q[row] += transform[4 * row + n] * p[n];
  }
  return q;
}

/// Rotations about x, then y, then z, in degrees, about `centre`, then a shift in mm.
Affine rigid(const Point& degrees, const Point& centre, const Point& shift_mm) {
  const double cx = std::cos(degrees[0] * kPi / 180), sx = std::sin(degrees[0] * kPi / 180);
  const double cy = std::cos(degrees[1] * kPi / 180), sy = std::sin(degrees[1] * kPi / 180);
  const double cz = std::cos(degrees[2] * kPi / 180), sz = std::sin(degrees[2] * kPi / 180);
  Affine t{cz * cy,
           cz * sy * sx - sz * cx,
           cz * sy * cx + sz * sx,
           0,  //
           sz * cy,
           sz * sy * sx + cz * cx,
           sz * sy * cx - cz * sx,
           0,  //
           -sy,
           cy * sx,
           cy * cx,
           0};
  const Point turned = transformed(t, centre);
  for (int row = 0; row < 3; ++row) t[4 * row + 3] = centre[row] - turned[row] + shift_mm[row];
  return t;
}

Point centre_of(const Geometry& grid) {
  Point centre{};
  for (int n = 0; n < 3; ++n) centre[n] = static_cast<double>(grid.size[n] - 1) / 2 * grid.spacing_mm[n];
  Affine place = affine_of(grid);
  for (int row = 0; row < 3; ++row)
    for (int n = 0; n < 3; ++n) place[4 * row + n] /= grid.spacing_mm[n];
  return transformed(place, centre);
}

double angle_between(const Affine& a, const Affine& b) {
  double trace = 0;
  for (int row = 0; row < 3; ++row)
    for (int n = 0; n < 3; ++n) trace += a[4 * row + n] * b[4 * row + n];
  return std::acos(std::clamp((trace - 1) / 2, -1.0, 1.0)) * 180 / kPi;
}

double distance(const Point& a, const Point& b) { return std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]); }

/// A real brain (not registered to anything) at 3 mm, with room around it.
const Volume& brain() {
  static const Volume volume = [] {
    const Volume fine = read_volume(std::string(VOXPRIOR_TESTDATA) + "/brain_t1_sub-41.nii.gz");
    Volume coarse = fine;
    Geometry& grid = coarse.geometry;
    const Point centre = centre_of(fine.geometry);
    for (int n = 0; n < 3; ++n) {
      const double extent_mm = static_cast<double>(fine.geometry.size[n]) * fine.geometry.spacing_mm[n] + 24;
      grid.size[n] = static_cast<std::int64_t>(extent_mm / 3);
      grid.spacing_mm[n] = 3;
    }
    grid.origin_mm = {0, 0, 0};
    const Point off = centre_of(grid);
    for (int n = 0; n < 3; ++n) grid.origin_mm[n] = centre[n] - off[n];
    coarse.voxels = regrid(fine, grid, {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0}, Regridding::bspline, 0);
    return coarse;
  }();
  return volume;
}

class RegisterRigid : public testing::TestWithParam<Similarity> {
 protected:
  void expect_recovered(const Volume& moved, const Affine& moved_from_still) const {
    RegistrationOptions options;
    options.similarity = GetParam();
    const Affine start = centres_of_mass_matched(brain(), moved);
    const Affine found = register_rigid(brain(), moved, start, options);
    EXPECT_LT(angle_between(found, moved_from_still), 0.5);
    const Point centre = centre_of(brain().geometry);
    EXPECT_LT(distance(transformed(found, centre), transformed(moved_from_still, centre)), 0.5);
    RecordProperty("degrees", std::to_string(angle_between(found, moved_from_still)));
    RecordProperty("mm", std::to_string(distance(transformed(found, centre), transformed(moved_from_still, centre))));
  }
};

/// The brain as it would look to a scanner in which it lies elsewhere.
Volume moved_brain(const Affine& moved_from_still) {
  Affine back{};  // still_from_moved: a rotation's inverse is its transpose
  for (int row = 0; row < 3; ++row) {
    for (int n = 0; n < 3; ++n) {
      back[4 * row + n] = moved_from_still[4 * n + row];
      back[4 * row + 3] -= moved_from_still[4 * n + row] * moved_from_still[4 * n + 3];
    }
  }
  Volume moved = brain();
  moved.voxels = regrid(brain(), moved.geometry, back, Regridding::bspline, 0);
  return moved;
}

TEST_P(RegisterRigid, RecoversAKnownMotion) {
  const Affine truth = rigid({-18, 6, 12}, centre_of(brain().geometry), {-10, 4, 12});
  expect_recovered(moved_brain(truth), truth);
}

TEST_P(RegisterRigid, LeavesAnAlignedImageWhereItIs) {
  expect_recovered(brain(), {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0});
}

INSTANTIATE_TEST_SUITE_P(Both, RegisterRigid, testing::Values(Similarity::correlation, Similarity::mutual_information));

TEST(RegisterRigid, MutualInformationAlignsAnotherContrast) {
  const Affine truth = rigid({6, 4, -5}, centre_of(brain().geometry), {4, 6, -5});
  Volume other = moved_brain(truth);
  const float top = *std::max_element(other.voxels.begin(), other.voxels.end());
  // Dark becomes bright, as T1 and T2 look; the background stays 0.
  for (float& v : other.voxels) v = v > 0.1F * top ? 1.2F * top - v : v;
  RegistrationOptions options;
  options.similarity = Similarity::mutual_information;
  const Affine found = register_rigid(brain(), other, centres_of_mass_matched(brain(), other), options);
  EXPECT_LT(angle_between(found, truth), 0.5);
  const Point centre = centre_of(brain().geometry);
  EXPECT_LT(distance(transformed(found, centre), transformed(truth, centre)), 0.5);
}

TEST(RegisterRigid, GivesTheSameResultEveryTime) {
  const Volume moved = moved_brain(rigid({4, -3, 7}, centre_of(brain().geometry), {5, -8, 3}));
  const Affine start = centres_of_mass_matched(brain(), moved);
  const RegistrationOptions coarse{Similarity::correlation, {4}};
  EXPECT_EQ(register_rigid(brain(), moved, start, coarse), register_rigid(brain(), moved, start, coarse));
}

}  // namespace
}  // namespace voxprior
