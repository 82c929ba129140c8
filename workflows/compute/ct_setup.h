#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/raw/projections.h"
#include "pipeline/operators/ct_geometry.h"

namespace voxprior {

/// A scan as files describe it, for a volume on `grid`, as the projectors want it.
CtGeometry projector_geometry(const ScanGeometry& scan, const Geometry& grid, std::int64_t columns, std::int64_t rows);

/// What a user should know when part of the volume lies outside of what every view sees, with millimetres.
std::vector<std::string> field_of_view_notices(const CtGeometry& geometry);

}  // namespace voxprior
