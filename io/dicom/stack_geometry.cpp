#include "io/dicom/stack_geometry.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <sstream>

#include "io/dicom/vector3.h"

namespace voxprior {
namespace {

constexpr double kSameDirection = 1e-3;       // between direction cosines; files hold 6 digits or more
constexpr double kSameSpacing = 1e-3;         // relative
constexpr double kSamePlane_mm = 1e-3;        // positions are written with 1e-4 mm or better
constexpr double kEvenStep_mm = 0.01;         // steps of planes are even to this ...
constexpr double kEvenStepShare = 0.02;       // ... and this share of the step
constexpr double kStraightPixelShare = 0.05;  // planes may wander by this share of a pixel over the whole stack

bool close(const Vector3& a, const Vector3& b) { return length(minus(a, b)) < kSameDirection; }

bool close(double a, double b) { return std::abs(a - b) <= kSameSpacing * std::max(a, b); }

Vector3 normal_of(const FrameHeader& frame) {
  const Vector3 normal = cross(frame.row_direction, frame.column_direction);
  return scaled(1 / length(normal), normal);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

std::vector<double> steps_of(const std::vector<double>& positions) {
  std::vector<double> steps;
  for (std::size_t n = 1; n < positions.size(); ++n) steps.push_back(positions[n] - positions[n - 1]);
  return steps;
}

bool even(const std::vector<double>& steps, double usual) {
  return std::all_of(steps.begin(), steps.end(),
                     [&](double step) { return std::abs(step - usual) <= kEvenStep_mm + kEvenStepShare * usual; });
}

double rounded(double mm) { return std::round(mm * 1e3) / 1e3 + 0.; }

/// Where the planes are not as far apart as usual, and whether planes seem to be missing there.
std::string describe_gaps(const std::vector<FrameHeader>& frames, const std::vector<double>& steps, double usual) {
  constexpr int kNamed = 5;
  std::ostringstream text;
  text << "planes are not equally spaced: " << rounded(usual) << " mm apart as a rule, but ";
  int named = 0, odd = 0;
  for (std::size_t n = 0; n < steps.size(); ++n) {
    if (even({steps[n]}, usual) || ++odd > kNamed) continue;
    text << (named++ > 0 ? ", " : "") << rounded(steps[n]) << " mm between " << frames[n].frame.file.filename()
         << " and " << frames[n + 1].frame.file.filename();
    const double missing = steps[n] / usual - 1;
    const double whole = std::round(missing);
    if (whole >= 1 && std::abs(missing - whole) < 0.05)
      text << " (" << whole << (whole > 1 ? " are" : " is") << " missing)";
  }
  if (odd > kNamed) text << " and " << odd - kNamed << " more";
  return text.str();
}

/// The third axis: perpendicular, or sheared where the planes shift against each other by a constant amount.
/// Says why not, if the positions lie on no line.
std::string find_axis(const std::vector<FrameHeader>& frames, const Vector3& normal, Vector3& axis, bool& sheared) {
  const Vector3 whole = minus(frames.back().frame.position_mm, frames.front().frame.position_mm);
  const double height = dot(whole, normal);
  const double tolerance = kStraightPixelShare * std::min(frames[0].spacing_mm[0], frames[0].spacing_mm[1]);
  const Vector3 drift = plus(whole, -height, normal);
  sheared = length(drift) > tolerance;
  axis = sheared ? scaled(1 / length(whole), whole) : normal;
  for (const FrameHeader& frame : frames) {
    const Vector3 offset = minus(frame.frame.position_mm, frames.front().frame.position_mm);
    const double share = dot(offset, normal) / height;
    if (length(minus(offset, plus(scaled(share * height, normal), share, drift))) > 2 * tolerance) {
      std::ostringstream text;
      text << frame.frame.file.filename() << " lies beside the line through the other planes: no grid fits them";
      return text.str();
    }
  }
  return "";
}

Geometry lay_grid(const std::vector<FrameHeader>& frames, const Vector3& axis, double step_along_axis) {
  const FrameHeader& first = frames.front();
  // Exactly perpendicular rows and columns, whatever the rounding of the cosines.
  const Vector3 row = scaled(1 / length(first.row_direction), first.row_direction);
  const Vector3 bent = plus(first.column_direction, -dot(first.column_direction, row), row);
  const Vector3 column = scaled(1 / length(bent), bent);
  Geometry grid;
  grid.size = {first.size[0], first.size[1], static_cast<std::int64_t>(frames.size())};
  grid.spacing_mm = {first.spacing_mm[0], first.spacing_mm[1], step_along_axis};
  grid.origin_mm = first.frame.position_mm;
  for (int n = 0; n < 3; ++n) {
    grid.lps_from_index[3 * n] = row[n];
    grid.lps_from_index[3 * n + 1] = column[n];
    grid.lps_from_index[3 * n + 2] = axis[n];
  }
  return grid;
}

}  // namespace

bool on_same_grid(const FrameHeader& a, const FrameHeader& b) {
  return a.size == b.size && close(a.spacing_mm[0], b.spacing_mm[0]) && close(a.spacing_mm[1], b.spacing_mm[1]) &&
         close(a.row_direction, b.row_direction) && close(a.column_direction, b.column_direction);
}

std::vector<double> positions_along_normal(const std::vector<FrameHeader>& frames) {
  std::vector<double> positions;
  const Vector3 normal = normal_of(frames.front());
  for (const FrameHeader& frame : frames) positions.push_back(dot(frame.frame.position_mm, normal));
  return positions;
}

bool any_share_a_plane(const std::vector<FrameHeader>& frames) {
  std::vector<double> positions = positions_along_normal(frames);
  std::sort(positions.begin(), positions.end());
  return std::adjacent_find(positions.begin(), positions.end(),
                            [](double a, double b) { return b - a < kSamePlane_mm; }) != positions.end();
}

BuiltStack build_stack(std::vector<FrameHeader> frames) {
  BuiltStack built;
  const Vector3 normal = normal_of(frames.front());
  std::stable_sort(frames.begin(), frames.end(), [&](const FrameHeader& a, const FrameHeader& b) {
    return dot(a.frame.position_mm, normal) < dot(b.frame.position_mm, normal);
  });
  const std::vector<double> positions = positions_along_normal(frames);
  const std::vector<double> steps = steps_of(positions);
  for (std::size_t n = 0; n < steps.size(); ++n) {
    if (steps[n] >= kSamePlane_mm) continue;
    std::ostringstream text;
    text << "several images at one position, and nothing in their headers tells the volumes apart: "
         << frames[n].frame.file.filename() << " and " << frames[n + 1].frame.file.filename()
         << (frames[n].frame.file == frames[n + 1].frame.file ? " (frames of one file)" : "");
    built.problem = text.str();
    return built;
  }

  Vector3 axis = normal;
  built.problem = find_axis(frames, normal, axis, built.stack.sheared);
  if (!built.problem.empty()) return built;

  double step = (positions.back() - positions.front()) / static_cast<double>(steps.size());
  if (const double usual = median(steps); !even(steps, usual)) {
    step = usual;
    built.stack.gaps_mm = steps;
    built.stack.irregular = describe_gaps(frames, steps, usual);
  }
  built.stack.geometry = lay_grid(frames, axis, step / dot(axis, normal));
  for (FrameHeader& frame : frames) built.stack.frames.push_back(std::move(frame.frame));
  return built;
}

}  // namespace voxprior
