#pragma once

#include <string>
#include <vector>

namespace voxprior {

/// A line of a chart; where y is not finite, the line ends with a cross.
struct ChartLine {
  std::string name;
  std::vector<double> x, y;
};

/// A chart as inline SVG, 380 x 220, without a file or font from elsewhere. Axes are linear from the least to the
/// largest finite value. Empty lines are left out.
std::string line_chart(const std::vector<ChartLine>& lines, const std::string& x_label, const std::string& y_label);

}  // namespace voxprior
