#include "pipeline/bridge/path.h"

#include <c10/util/Exception.h>

#include "base/error.h"

namespace voxprior {
namespace {

constexpr double kRounding = 1e-9;  // steps shorter than this are no steps

}  // namespace

std::vector<double> bridge_path(int steps, double strength) {
  if (steps < 1) fail(ExitCode::usage, "a bridge takes at least one step, not ", steps);
  if (!(strength >= 0 && strength <= 1)) fail(ExitCode::usage, "the strength must be between 0 and 1, not ", strength);
  std::vector<double> path{1};
  const double end = 1 - strength;
  for (int i = 1; 1 - static_cast<double>(i) / steps > end + kRounding; ++i)
    path.push_back(1 - static_cast<double>(i) / steps);
  if (strength > 0) path.push_back(end);
  return path;
}

void check_path(const std::vector<double>& path) {
  TORCH_CHECK(!path.empty() && path.front() == 1 && path.back() >= 0, "a bridge starts at 1 and ends at 0 or above");
  for (std::size_t i = 0; i + 1 < path.size(); ++i)  // so written that a NaN is no fall
    TORCH_CHECK(path[i + 1] < path[i], "the path of a bridge must fall strictly");
}

}  // namespace voxprior
