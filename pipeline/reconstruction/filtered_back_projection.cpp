#include "pipeline/reconstruction/filtered_back_projection.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>
#include <cstddef>
#include <vector>

#include "base/error.h"
#include "pipeline/reconstruction/view_weights.h"
#include "pipeline/reconstruction/weighted_back_projection.h"

namespace voxprior {
namespace {

const double kPi = std::acos(-1.0);

/// Cosine of the angle between the ray to a detector element and the plane or axis that the formulas measure from: the
/// central ray for a flat detector; for an arc, which has the cosine of the fan angle in its place, the same product.
double obliquity(const CtGeometry& g, std::int64_t row, std::int64_t column) {
  const double u = g.column_mm(static_cast<double>(column)), d = g.source_to_detector_mm;
  const double v = g.beam == CtBeam::cone ? g.row_mm(static_cast<double>(row)) : 0;
  if (g.detector_shape == CtDetectorShape::flat) return d / std::sqrt(d * d + u * u + v * v);
  return std::cos(u / d) * d / std::hypot(d, v);
}

/// Projections of a fan or cone times obliquity and redundancy.
torch::Tensor weighted(const CtGeometry& g, const torch::Tensor& projections) {
  const torch::Tensor oblique = torch::empty({g.detector_rows, g.detector_columns});
  auto o = oblique.accessor<float, 2>();
  for (std::int64_t r = 0; r < g.detector_rows; ++r)
    for (std::int64_t u = 0; u < g.detector_columns; ++u) o[r][u] = static_cast<float>(obliquity(g, r, u));

  const std::vector<std::vector<double>> redundancy = redundancy_weights(g);
  const torch::Tensor shares = torch::empty({g.views(), 1, g.detector_columns});
  auto s = shares.accessor<float, 3>();
  for (std::int64_t v = 0; v < g.views(); ++v)
    for (std::int64_t u = 0; u < g.detector_columns; ++u)
      s[v][0][u] = static_cast<float>(redundancy[static_cast<std::size_t>(v)][static_cast<std::size_t>(u)]);
  return projections * shares * oblique;
}

torch::Tensor filtered(const CtGeometry& g, const torch::Tensor& projections, RampWindow window) {
  const std::int64_t columns = g.detector_columns;
  if (g.beam == CtBeam::parallel)
    return ramp_filtered(projections, ramp_kernel(columns, g.column_pitch_mm), g.column_pitch_mm, window);
  if (g.detector_shape == CtDetectorShape::flat) {  // on a virtual detector through the isocentre
    const double pitch = g.column_pitch_mm * g.source_to_isocentre_mm / g.source_to_detector_mm;
    return ramp_filtered(weighted(g, projections), ramp_kernel(columns, pitch), pitch, window);
  }
  // Equal angles: h(a) (a / sin a)^2 in angles, which with L measured in source_to_isocentre_mm is 1/mm.
  const double pitch = g.column_pitch_mm / g.source_to_detector_mm;
  std::vector<double> kernel = ramp_kernel(columns, pitch);
  for (std::size_t n = 1; n < kernel.size(); n += 2) {
    const double angle = static_cast<double>(n) * pitch;
    if (angle < kPi) kernel[n] *= std::pow(angle / std::sin(angle), 2);
  }
  return ramp_filtered(weighted(g, projections), kernel, pitch, window) / g.source_to_isocentre_mm;
}

torch::Tensor reconstruct(const CtGeometry& g, const torch::Tensor& projections, RampWindow window) {
  check_geometry(g);
  if (projections.dim() != 3 || projections.size(0) != g.views() || projections.size(1) != g.detector_rows ||
      projections.size(2) != g.detector_columns)
    fail(ExitCode::input, "projections ", projections.sizes(), " do not fit the geometry: expected ", g.views(),
         " views x ", g.detector_rows, " rows x ", g.detector_columns, " columns");
  TORCH_CHECK(projections.scalar_type() == torch::kFloat, "expected float32 projections, got ", projections.dtype());
  const torch::NoGradGuard no_grad;
  const double period = g.beam == CtBeam::parallel ? kPi : 2 * kPi;
  const torch::Tensor lines = filtered(g, projections.cpu(), window);
  return weighted_back_projection(g, lines, view_weights_rad(g.angles_rad, period)).to(projections.device());
}

}  // namespace

torch::Tensor filtered_back_projection(const CtGeometry& geometry, const torch::Tensor& projections,
                                       RampWindow window) {
  TORCH_CHECK(geometry.beam != CtBeam::cone, "a cone beam is reconstructed by fdk()");
  return reconstruct(geometry, projections, window);
}

torch::Tensor fdk(const CtGeometry& geometry, const torch::Tensor& projections, RampWindow window) {
  TORCH_CHECK(geometry.beam == CtBeam::cone, "fdk() reconstructs a cone beam");
  return reconstruct(geometry, projections, window);
}

}  // namespace voxprior
