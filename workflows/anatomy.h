#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "io/volume.h"

namespace voxprior {

/// Which index axis runs along which anatomical one, each of the three once.
struct AnatomicalAxes {
  std::array<int, 3> index_axis{};  ///< for x (towards left), y (posterior), z (superior): the index axis nearest to it
  std::array<bool, 3> reversed{};   ///< whether that index axis runs against it
};

/// Matches axes by the largest direction cosines: exact for scans along the body, the nearest for oblique ones.
AnatomicalAxes anatomical_axes(const Geometry& geometry);

/// The directions towards which i, j, k grow, as letters: "RAS" for most research files, "LPS" for DICOM's order.
std::string orientation_code(const Geometry& geometry);

}  // namespace voxprior
