#pragma once

#include <string>

#include "io/volume.h"
#include "workflows/report/content.h"

namespace voxprior {

/// As printf writes it: in_digits("%.3g", 0.1) is "0.1".
std::string in_digits(const char* format, double value);

/// "160 x 190 x 140", and its spacing in mm as the note.
KeyFigure grid_figure(const Geometry& grid);

}  // namespace voxprior
