#include "pipeline/reconstruction/filtered_back_projection.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>

#include "tests/support/ball.h"
#include "tests/support/refusal.h"

namespace voxprior {
namespace {

const double kPi = std::acos(-1.0);
constexpr double kAttenuation = 0.02;  // 1/mm, of water

// Projections are exact, so that what is tested is the reconstruction alone.
CtGeometry scan(CtBeam beam, std::int64_t views = 240) {
  CtGeometry g;
  g.beam = beam;
  g.volume_size = {beam == CtBeam::cone ? 33 : 3, 47, 50};
  g.spacing_mm = {2, 1.8, 2.2};
  g.centre_mm = {2, -3, 1};
  g.detector_rows = beam == CtBeam::cone ? 48 : g.volume_size[0];
  g.detector_columns = 101;
  g.column_pitch_mm = beam == CtBeam::parallel ? 1.5 : 2.2;
  g.row_pitch_mm = 3;
  g.column_offset_mm = 0.6;
  g.row_offset_mm = 1;
  g.source_to_isocentre_mm = 400;
  g.source_to_detector_mm = 600;
  g.angles_rad = equal_angles(views, beam == CtBeam::parallel ? kPi : 2 * kPi);
  return g;
}

torch::Tensor reconstruct(const CtGeometry& g, const torch::Tensor& projections, RampWindow window) {
  return g.beam == CtBeam::cone ? fdk(g, projections, window) : filtered_back_projection(g, projections, window);
}

const test::Ball kBall{{4, -6, 2}, 32, kAttenuation};

/// Mean over the voxels within `radius_mm` of the ball's middle, in slices close to it, as a fraction of the truth.
double level(const CtGeometry& g, const torch::Tensor& image, double radius_mm) {
  const test::Ball middle{kBall.centre_mm, radius_mm, 1};
  const torch::Tensor inside = middle.voxels(g, 1);
  return ((image * inside).sum() / inside.sum()).item().toDouble() / kAttenuation;
}

double background(const CtGeometry& g, const torch::Tensor& image) {
  const test::Ball around{kBall.centre_mm, kBall.radius_mm + 6, 1};
  const torch::Tensor outside = around.voxels(g, 1) == 0;
  return (image.abs() * outside).sum().item().toDouble() / outside.sum().item().toDouble() / kAttenuation;
}

TEST(FilteredBackProjection, ABallComesBackWithItsAttenuation) {
  for (const CtBeam beam : {CtBeam::parallel, CtBeam::fan, CtBeam::cone})
    for (const RampWindow window : {RampWindow::none, RampWindow::shepp_logan, RampWindow::cosine, RampWindow::hann}) {
      const CtGeometry g = scan(beam);
      const torch::Tensor image = reconstruct(g, kBall.projections(g), window);
      EXPECT_NEAR(level(g, image, 20), 1, 0.004) << static_cast<int>(beam) << " " << static_cast<int>(window);
      EXPECT_LT(background(g, image), 0.012) << static_cast<int>(beam) << " " << static_cast<int>(window);
    }
}

TEST(FilteredBackProjection, ADetectorOnAnArc) {
  for (const CtBeam beam : {CtBeam::fan, CtBeam::cone}) {
    CtGeometry g = scan(beam);
    g.detector_shape = CtDetectorShape::arc;
    const torch::Tensor image = reconstruct(g, kBall.projections(g), RampWindow::hann);
    EXPECT_NEAR(level(g, image, 20), 1, 0.004);
    EXPECT_LT(background(g, image), 0.012);
  }
}

TEST(FilteredBackProjection, AShortScanGivesTheSameLevel) {
  for (const CtDetectorShape shape : {CtDetectorShape::flat, CtDetectorShape::arc})
    for (const double arc_degrees : {205.0, 260.0}) {
      CtGeometry g = scan(CtBeam::fan);
      g.detector_shape = shape;
      g.angles_rad = equal_angles(300, arc_degrees * kPi / 180);
      const torch::Tensor image = reconstruct(g, kBall.projections(g), RampWindow::hann);
      EXPECT_NEAR(level(g, image, 20), 1, 0.005) << arc_degrees;
      EXPECT_LT(background(g, image), 0.015) << arc_degrees;
    }
}

// The same views in another order and turned by full turns are the same scan.
TEST(FilteredBackProjection, OrderOfViewsDoesNotMatter) {
  CtGeometry g = scan(CtBeam::fan, 60), shuffled = g;
  for (std::size_t v = 0; v < 60; ++v) shuffled.angles_rad[v] = g.angles_rad[(v * 7) % 60] + (v % 3 == 0 ? 2 * kPi : 0);
  const torch::Tensor a = reconstruct(g, kBall.projections(g), RampWindow::hann);
  const torch::Tensor b = reconstruct(shuffled, kBall.projections(shuffled), RampWindow::hann);
  EXPECT_LT((a - b).abs().max().item().toDouble(), 1e-6);
}

// Slices by themselves: one at a time, or in a block.
TEST(FilteredBackProjection, SlicesAreIndependent) {
  CtGeometry g = scan(CtBeam::fan, 40), one = g;
  one.volume_size[0] = one.detector_rows = 1;
  const torch::Tensor projections = torch::rand({40, 3, 101});
  const torch::Tensor together = filtered_back_projection(g, projections);
  for (int k = 0; k < 3; ++k) {
    const torch::Tensor alone = filtered_back_projection(one, projections.narrow(1, k, 1).contiguous())[0];
    EXPECT_LT((together[k] - alone).abs().max().item().toDouble(), 2e-5 * together.abs().max().item().toDouble());
  }
}

TEST(FilteredBackProjection, RefusesProjectionsOfAnotherSize) {
  const CtGeometry g = scan(CtBeam::fan, 10);
  const std::string message = test::refusal(ExitCode::input, [&] {
    filtered_back_projection(g, torch::zeros({9, 3, 101}));
  });
  EXPECT_NE(message.find("10 views"), std::string::npos) << message;
  EXPECT_THROW(fdk(g, torch::zeros({10, 3, 101})), c10::Error);
}

}  // namespace
}  // namespace voxprior
