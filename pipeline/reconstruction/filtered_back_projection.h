#pragma once

#include <torch/types.h>

#include "pipeline/operators/ct_geometry.h"
#include "pipeline/reconstruction/ramp_filter.h"

namespace voxprior {

/// Filtered back-projection of a parallel or fan beam, each slice by itself: line integrals [V,R,U] to attenuation
/// [D,H,W] in 1/mm, both float32. Angles may be in any order and unevenly spaced (view_weights_rad()). A fan beam whose
/// views do not go round is a short scan (redundancy_weights()), and refused when the arc is shorter than 180 degrees
/// and the fan; a parallel beam with missing angles is reconstructed without them, streaks and all. What leaves the
/// detector's field of view counts as air. Throws Error(ExitCode::input) for that, for what check_geometry() refuses
/// and for projections of another size; TORCH_CHECK for a cone beam.
///
/// Kak and Slaney, Principles of Computerized Tomographic Imaging, sections 3.3 and 3.4. IEEE Press, 1988.
torch::Tensor filtered_back_projection(const CtGeometry& geometry, const torch::Tensor& projections,
                                       RampWindow window = RampWindow::hann);

/// The same for a circular cone beam: exact in the plane of the source, approximate elsewhere, the more so the larger
/// the cone angle. TORCH_CHECK for another beam.
///
/// Feldkamp, Davis and Kress, Practical cone-beam algorithm. Journal of the Optical Society of America A 1:612-619,
/// 1984.
torch::Tensor fdk(const CtGeometry& geometry, const torch::Tensor& projections, RampWindow window = RampWindow::hann);

}  // namespace voxprior
