#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace voxprior {

/// A line of a chart; where y is not finite, the line ends with a cross.
struct ChartLine {
  std::string name;  ///< empty: not in the legend
  std::vector<double> x, y;
  std::optional<std::size_t> colour = {};  ///< number of a colour; none: each line has its own
  bool dots = false;                       ///< at the points of the line
};

/// A chart as inline SVG, 380 x 236, without a file or font from elsewhere. Axes go from the least to the largest
/// finite value, x from 0; y is logarithmic where its values are positive and of more than three orders of magnitude.
/// Empty lines are left out. A `reference` value is a dashed line (none where a logarithmic axis does not have it).
std::string line_chart(const std::vector<ChartLine>& lines, const std::string& x_label, const std::string& y_label,
                       std::optional<double> reference = {});

}  // namespace voxprior
