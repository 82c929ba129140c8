#include "workflows/report/figures.h"

#include <cstdio>

namespace voxprior {

std::string in_digits(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

KeyFigure grid_figure(const Geometry& grid) {
  const auto& [i, j, k] = grid.size;
  const auto& mm = grid.spacing_mm;
  return {"Grid", std::to_string(i) + " x " + std::to_string(j) + " x " + std::to_string(k),
          in_digits("%.3g", mm[0]) + " x " + in_digits("%.3g", mm[1]) + " x " + in_digits("%.3g", mm[2]) + " mm"};
}

}  // namespace voxprior
