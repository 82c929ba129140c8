#include "io/raw/trajectory.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "base/error.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using Size = std::array<std::int64_t, 3>;

constexpr double kRounding = 1.001;  // trajectories are rounded, and some end just beyond the edge

/// Largest magnitude along each axis.
std::array<double, 3> extent_of(const fs::path& path, const std::vector<float>& trajectory) {
  std::array<double, 3> extent{};
  for (std::size_t n = 0; n < trajectory.size(); ++n) {
    if (!std::isfinite(trajectory[n]))
      fail(ExitCode::input, path, ": the trajectory holds numbers that are NaN or infinite; export it again");
    extent[n % 3] = std::max<double>(extent[n % 3], std::abs(trajectory[n]));
  }
  return extent;
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

/// As many voxels as the trajectory resolves, in cycles per field of view; along an axis that it never leaves, one.
Size resolved(const fs::path& path, const std::vector<float>& trajectory) {
  const std::array<double, 3> extent = extent_of(path, trajectory);
  const double largest = *std::max_element(extent.begin(), extent.end());
  if (largest <= kRounding)
    fail(ExitCode::input, path, ": reaches only to ", number(largest),
         ", so it is not in cycles per field of view; say how many voxels the image has with --like");
  Size size{};
  for (std::size_t axis = 0; axis < 3; ++axis)
    size[axis] = std::max<std::int64_t>(1, 2 * static_cast<std::int64_t>(std::ceil(extent[axis] / kRounding)));
  return size;
}

}  // namespace

std::string to_cycles_per_view(const fs::path& path, std::vector<float>& trajectory, const Size& size) {
  const std::array<double, 3> extent = extent_of(path, trajectory);
  double largest = 0;
  for (std::size_t axis = 0; axis < 3; ++axis)
    if (size[axis] > 1) largest = std::max(largest, extent[axis]);
  if (largest == 0) fail(ExitCode::input, path, ": every position of the trajectory is 0");
  const double edge = largest <= 0.5 * kRounding ? 0.5 : largest <= kRounding ? 1 : 0;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double half = 0.5 * static_cast<double>(size[axis]), factor = edge > 0 ? half / edge : 1;
    if (size[axis] > 1 && extent[axis] * factor > half * kRounding)
      fail(ExitCode::input, path, ": the trajectory reaches ", number(extent[axis] * factor),
           " cycles per field of view along ", "ijk"[axis], ", but ", size[axis], " voxels resolve only ",
           number(half));
    for (std::size_t n = axis; n < trajectory.size(); n += 3)
      trajectory[n] = static_cast<float>(std::clamp(trajectory[n] * factor, -half, half));
  }
  return "trajectory: numbers up to " + number(largest) + " taken as " +
         (edge == 0.5 ? "cycles per voxel"
          : edge == 1 ? "shares of the way to the edge"
                      : "cycles per field of view");
}

std::vector<float> trajectory_from_array(const fs::path& path, const NumberArray& array) {
  const std::int64_t axes = array.shape.empty() ? 0 : array.shape.back();
  if (array.shape.size() < 2 || (axes != 2 && axes != 3))
    fail(ExitCode::input, path, ": its shape is ", shape_text(array.shape),
         "; a trajectory is [readout, sample, 3] (i, j, k) or [readout, sample, 2]");
  std::vector<float> trajectory;
  const auto step = static_cast<std::size_t>(axes);
  for (std::size_t n = 0; n < array.values.size(); ++n) {
    if (array.values[n].imag() != 0) fail(ExitCode::input, path, ": holds complex numbers; positions are real");
    trajectory.push_back(array.values[n].real());
    if (step == 2 && n % step == 1) trajectory.push_back(0);
  }
  return trajectory;
}

KSpace kspace_from_arrays(const fs::path& path, NumberArray samples, const fs::path& trajectory_path,
                          const NumberArray& trajectory, const Size& size) {
  if (samples.kind != NumberArray::Kind::complex)
    fail(ExitCode::input, path, ": holds real numbers; k-space is complex");
  KSpace kspace;
  kspace.trajectory = trajectory_from_array(trajectory_path, trajectory);
  kspace.readout_length = trajectory.shape[trajectory.shape.size() - 2];
  kspace.coils = samples.shape.front();
  if (static_cast<std::int64_t>(samples.values.size()) != kspace.coils * kspace.positions())
    fail(ExitCode::input, path, ": its shape is ", shape_text(samples.shape), ", [coil, ...], but ", trajectory_path,
         " has ", kspace.positions(), " positions");
  kspace.grid.size = size == Size{0, 0, 0} ? resolved(trajectory_path, kspace.trajectory) : size;
  kspace.shown = kspace.grid.size;
  kspace.notices.push_back(to_cycles_per_view(trajectory_path, kspace.trajectory, kspace.grid.size));
  kspace.samples = std::move(samples.values);
  return kspace;
}

}  // namespace voxprior
