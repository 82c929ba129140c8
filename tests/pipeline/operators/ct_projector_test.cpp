#include "pipeline/operators/ct_projector.h"

#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <array>
#include <cmath>

#include "tests/support/adjoint.h"
#include "tests/support/ball.h"
#include "tests/support/refusal.h"

namespace voxprior {
namespace {

const double kPi = std::acos(-1.0);

// Odd and unequal sizes, anisotropic voxels, everything off centre, angles in no order.
CtGeometry awkward(CtBeam beam, std::int64_t slices = 5) {
  CtGeometry g;
  g.beam = beam;
  g.volume_size = {slices, 14, 17};
  g.spacing_mm = {1.1, 0.8, 1.7};
  g.centre_mm = {0.9, -1.3, 0.6};
  g.detector_rows = beam == CtBeam::cone ? 7 : slices;
  g.detector_columns = 23;
  g.column_pitch_mm = 1.3;
  g.row_pitch_mm = 1.9;
  g.column_offset_mm = 0.4;
  g.row_offset_mm = -0.7;
  g.source_to_isocentre_mm = 41;
  g.source_to_detector_mm = 63;
  g.angles_rad = {0, 0.3, 5.9, kPi / 2, kPi / 4, 2.2, -1, kPi};
  return g;
}

CtGeometry awkward_arc(CtBeam beam) {
  CtGeometry g = awkward(beam);
  g.detector_shape = CtDetectorShape::arc;
  return g;
}

// A grid fine enough for 1 %.
CtGeometry fine(CtBeam beam) {
  CtGeometry g;
  g.beam = beam;
  g.volume_size = {41, 50, 47};
  g.spacing_mm = {1, 0.9, 1.2};
  g.centre_mm = {0.5, -1, 2};
  g.detector_rows = beam == CtBeam::cone ? 51 : 41;
  g.detector_columns = 63;
  g.column_pitch_mm = beam == CtBeam::parallel ? 1 : 1.5;
  g.row_pitch_mm = 2;
  g.column_offset_mm = 1.2;
  g.row_offset_mm = -2;
  g.source_to_isocentre_mm = 120;
  g.source_to_detector_mm = 200;
  g.angles_rad = equal_angles(7, 2 * kPi);
  return g;
}

double relative_error(const torch::Tensor& found, const torch::Tensor& exact) {
  return ((found - exact).norm() / exact.norm()).item().toDouble();
}

/// exp(-|r - c|^2 / (2 width^2)): smooth, so the rule's error is that of its interpolation, and its line integrals are
/// width sqrt(2 pi) exp(-distance^2 / (2 width^2)).
struct Blob {
  std::array<double, 3> centre_mm;
  double width_mm;

  torch::Tensor voxels(const CtGeometry& g) const {
    const torch::Tensor volume = torch::zeros({g.volume_size[0], g.volume_size[1], g.volume_size[2]});
    auto v = volume.accessor<float, 3>();
    for (int k = 0; k < v.size(0); ++k)
      for (int j = 0; j < v.size(1); ++j)
        for (int i = 0; i < v.size(2); ++i) {
          const double x = g.voxel_mm(0, i) - centre_mm[0], y = g.voxel_mm(1, j) - centre_mm[1],
                       z = g.voxel_mm(2, k) - centre_mm[2];
          v[k][j][i] = static_cast<float>(std::exp(-(x * x + y * y + z * z) / (2 * width_mm * width_mm)));
        }
    return volume;
  }
  torch::Tensor projections(const CtGeometry& g) const {
    const double width = width_mm;
    return test::line_integrals(g, centre_mm, [width](double distance2_mm2) {
      return width * std::sqrt(2 * kPi) * std::exp(-distance2_mm2 / (2 * width * width));
    });
  }
};

TEST(CtProjector, AdjointFitsForward) {
  for (const CtBeam beam : {CtBeam::parallel, CtBeam::fan, CtBeam::cone}) {
    EXPECT_LT(test::adjoint_gap(CtProjector(awkward(beam)), torch::kFloat), 1e-6) << static_cast<int>(beam);
    EXPECT_LT(test::adjoint_gap(CtProjector(awkward(beam, 1)), torch::kFloat), 1e-6) << static_cast<int>(beam);
    EXPECT_LT(test::adjoint_gap(CtProjector(awkward(beam, 19)), torch::kFloat), 1e-6) << static_cast<int>(beam);
  }
  EXPECT_LT(test::adjoint_gap(CtProjector(awkward_arc(CtBeam::fan)), torch::kFloat), 1e-6);
  EXPECT_LT(test::adjoint_gap(CtProjector(awkward_arc(CtBeam::cone)), torch::kFloat), 1e-6);
}

TEST(CtProjector, AdjointGapSeesADetectorShiftedByATenthOfAMillimetre) {
  for (const CtBeam beam : {CtBeam::parallel, CtBeam::fan, CtBeam::cone}) {
    CtGeometry shifted = awkward(beam);
    shifted.column_offset_mm += 0.1;
    const CtProjector right(awkward(beam)), wrong(shifted);
    EXPECT_GT(test::adjoint_gap(test::Mismatched(right, wrong), torch::kFloat), 1e-4) << static_cast<int>(beam);
  }
}

TEST(CtProjector, LineIntegralsOfASmoothBlob) {
  const Blob blob{{3, -4, 5}, 5};
  for (const CtBeam beam : {CtBeam::parallel, CtBeam::fan, CtBeam::cone}) {
    const CtGeometry g = fine(beam);
    EXPECT_LT(relative_error(CtProjector(g).forward(blob.voxels(g)), blob.projections(g)), 0.006)
        << static_cast<int>(beam);
  }
  CtGeometry arc = fine(CtBeam::cone);
  arc.detector_shape = CtDetectorShape::arc;
  EXPECT_LT(relative_error(CtProjector(arc).forward(blob.voxels(arc)), blob.projections(arc)), 0.006);
}

TEST(CtProjector, LineIntegralsOfABall) {
  const test::Ball ball{{3, -4, 5}, 14, 0.02};
  for (const CtBeam beam : {CtBeam::parallel, CtBeam::fan, CtBeam::cone}) {
    const CtGeometry g = fine(beam);
    // Measured 0.025 to 0.033, all of it at the ball's rim.
    EXPECT_LT(relative_error(CtProjector(g).forward(ball.voxels(g)), ball.projections(g)), 0.04)
        << static_cast<int>(beam);
  }
}

TEST(CtProjector, ResultsDoNotDependOnThreads) {
  for (const CtBeam beam : {CtBeam::parallel, CtBeam::fan, CtBeam::cone}) {
    const CtProjector a(fine(beam));
    const torch::Tensor x = torch::rand(a.domain()), y = torch::rand(a.codomain());
    const int threads = torch::get_num_threads();
    torch::set_num_threads(1);
    const torch::Tensor ax = a.forward(x), aty = a.adjoint(y);
    torch::set_num_threads(5);
    EXPECT_TRUE(torch::equal(a.forward(x), ax));
    EXPECT_TRUE(torch::equal(a.adjoint(y), aty));
    torch::set_num_threads(threads);
  }
}

// The middle row of a cone beam looks along the middle slice like a fan.
TEST(CtProjector, FanIsTheMiddleOfACone) {
  CtGeometry cone = fine(CtBeam::cone), fan = fine(CtBeam::fan);
  cone.centre_mm[2] = fan.centre_mm[2] = 0;
  cone.row_offset_mm = 0;
  const torch::Tensor x = torch::rand(CtProjector(fan).domain());
  const torch::Tensor middle_of_cone = CtProjector(cone).forward(x).select(1, 25);
  const torch::Tensor middle_of_fan = CtProjector(fan).forward(x).select(1, 20);
  EXPECT_LT((middle_of_cone - middle_of_fan).abs().max().item().toDouble(), 1e-4);  // of about 40
}

TEST(CtProjector, RefusesGeometriesThatCannotBe) {
  CtGeometry rows = awkward(CtBeam::fan);
  rows.detector_rows = 6;
  EXPECT_NE(test::refusal(ExitCode::input, [&] { CtProjector a(rows); }).find("6 detector rows for 5 slices"),
            std::string::npos);
  CtGeometry inside = awkward(CtBeam::cone);
  inside.source_to_isocentre_mm = 10;
  EXPECT_NE(test::refusal(ExitCode::input, [&] { CtProjector a(inside); }).find("10 mm"), std::string::npos);
  CtGeometry none = awkward(CtBeam::parallel);
  none.angles_rad.clear();
  test::refusal(ExitCode::input, [&] { CtProjector a(none); });
  CtGeometry nan = awkward(CtBeam::parallel);
  nan.angles_rad[3] = std::nan("");
  test::refusal(ExitCode::input, [&] { CtProjector a(nan); });
  const CtProjector a(awkward(CtBeam::cone));
  EXPECT_THROW(a.forward(torch::zeros({5, 17, 14})), c10::Error);
  EXPECT_THROW(a.adjoint(torch::zeros({8, 23, 7})), c10::Error);
}

}  // namespace
}  // namespace voxprior
