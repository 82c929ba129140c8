#pragma once

#include <cstdint>
#include <vector>

#include "pipeline/operators/ct_geometry.h"

namespace voxprior {

/// The angle that each view stands for, in radians: half the way to its neighbours on either side, modulo `period_rad`
/// (pi for a parallel beam, 2 pi for others). Across a gap of more than three times the usual step no view stands for
/// the missing angles: the views at its ends get half a step there. Views at the same angle share it.
std::vector<double> view_weights_rad(const std::vector<double>& angles_rad, double period_rad);

/// How often the rays of a fan or cone beam are measured, as weights [view][column] that add up to 1 over the two rays
/// of each line: 1/2 everywhere when the views go round, Parker's smooth weights when they cover an arc of at least
/// 180 degrees and the fan. Throws Error(ExitCode::input) when they cover less.
///
/// Parker, Optimal short scan convolution reconstruction for fan beam CT. Medical Physics 9:254-257, 1982; with the
/// fan angle that the arc allows in the place of the detector's, which makes the weights hold for every longer arc.
std::vector<std::vector<double>> redundancy_weights(const CtGeometry& geometry);

}  // namespace voxprior
