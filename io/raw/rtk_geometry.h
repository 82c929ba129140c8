#pragma once

#include <filesystem>

#include "io/raw/projections.h"

namespace voxprior {

/// Reads the XML file of the Reconstruction Toolkit's ThreeDCircularProjectionGeometry (versions 2 and 3) for a stack
/// of projections on `stack`, whose spacing is the pitch and whose origin is where RTK takes its (0, 0) from.
///
/// RTK turns about its y axis with the source at +z at 0 degrees. So scanner coordinates are (x, -z, y) of RTK's, its
/// gantry angle is our angle, and the volume's LPS is RTK's own frame. Parallel (SourceToDetectorDistance 0) and cone
/// beams, flat or with a cylindrical detector around the source. Refused: tilted detectors (OutOfPlaneAngle,
/// InPlaneAngle), a displaced source, distances or offsets that change from view to view, since the projectors here
/// know one detector on one circle. Throws Error(ExitCode::input).
ScanGeometry read_rtk_geometry(const std::filesystem::path& path, const Geometry& stack);

}  // namespace voxprior
