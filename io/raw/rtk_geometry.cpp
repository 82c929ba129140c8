#include "io/raw/rtk_geometry.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <pugixml.hpp>
#include <set>
#include <string>

#include "base/error.h"
#include "io/stream/input_stream.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLongestFile = 256 << 20;
constexpr double kDriftTolerance_mm = 1e-3;  // what may change from view to view, in mm or degrees

/// RTK's parameters of one view. What a file leaves out is 0.
struct View {
  double gantry_deg = 0, out_of_plane_deg = 0, in_plane_deg = 0;
  double source_isocentre = 0, source_detector = 0;
  double source_x = 0, source_y = 0, projection_x = 0, projection_y = 0;
};

double number_of(const fs::path& path, const pugi::xml_node& node) {
  const char* text = node.child_value();
  char* end = nullptr;
  const double value = std::strtod(text, &end);
  while (*end != '\0' && std::strchr(" \t\r\n", *end) != nullptr) ++end;
  if (end == text || *end != '\0' || !std::isfinite(value))
    fail(ExitCode::input, path, ": a value of its geometry is not a finite number");
  return value;
}

/// Takes what `parent` says over into `view`. Values beside <Projection> hold for all of them.
void read_values(const fs::path& path, const pugi::xml_node& parent, View& view, double& radius) {
  for (const pugi::xml_node node : parent.children()) {
    if (node.type() != pugi::node_element) continue;
    const std::string name = node.name();
    double* const value = name == "GantryAngle"                 ? &view.gantry_deg
                          : name == "OutOfPlaneAngle"           ? &view.out_of_plane_deg
                          : name == "InPlaneAngle"              ? &view.in_plane_deg
                          : name == "SourceToIsocenterDistance" ? &view.source_isocentre
                          : name == "SourceToDetectorDistance"  ? &view.source_detector
                          : name == "SourceOffsetX"             ? &view.source_x
                          : name == "SourceOffsetY"             ? &view.source_y
                          : name == "ProjectionOffsetX"         ? &view.projection_x
                          : name == "ProjectionOffsetY"         ? &view.projection_y
                          : name == "RadiusCylindricalDetector" ? &radius
                                                                : nullptr;
    if (value != nullptr) {
      *value = number_of(path, node);
    } else if (name != "Projection" && name != "Matrix") {
      // Collimation hides part of the detector: line integrals there would be taken for measured ones.
      fail(ExitCode::input, path, ": says more than is understood here about a projection (such as collimation)");
    }
  }
}

std::vector<View> read_views(const fs::path& path, double& radius) {
  if (check_input_file(path) > kLongestFile) fail(ExitCode::input, path, ": is too long for a geometry file");
  pugi::xml_document document;
  if (const pugi::xml_parse_result result = document.load_file(path.c_str()); !result)
    fail(ExitCode::input, path, ": is no XML file: ", result.description(), " at byte ", result.offset);
  const pugi::xml_node root = document.child("RTKThreeDCircularGeometry");
  if (!root) fail(ExitCode::input, path, ": holds no RTKThreeDCircularGeometry");

  View common;
  read_values(path, root, common, radius);
  std::vector<View> views;
  for (const pugi::xml_node projection : root.children("Projection")) {
    View view = common;
    read_values(path, projection, view, radius);
    views.push_back(view);
  }
  if (views.empty()) fail(ExitCode::input, path, ": has no <Projection>");
  return views;
}

void refuse_what_moves(const fs::path& path, const std::vector<View>& views) {
  const View& first = views.front();
  for (const View& view : views) {
    for (const double zero : {view.out_of_plane_deg, view.in_plane_deg, view.source_x, view.source_y}) {
      if (std::abs(zero) > kDriftTolerance_mm)
        fail(ExitCode::input, path, ": has a tilted detector or a displaced source, which is not supported");
    }
    for (const double drift :
         {view.source_isocentre - first.source_isocentre, view.source_detector - first.source_detector,
          view.projection_x - first.projection_x, view.projection_y - first.projection_y}) {
      if (std::abs(drift) > kDriftTolerance_mm)
        fail(ExitCode::input, path, ": has a distance or detector offset that changes from view to view by ",
             std::abs(drift), " mm, which is not supported");
    }
  }
}

/// Position of the middle of the detector along axis 0 or 1 of the stack.
double middle_mm(const Geometry& stack, std::size_t axis) {
  return stack.origin_mm[axis] + 0.5 * static_cast<double>(stack.size[axis] - 1) * stack.spacing_mm[axis];
}

}  // namespace

ScanGeometry read_rtk_geometry(const fs::path& path, const Geometry& stack) {
  double radius = 0;
  const std::vector<View> views = read_views(path, radius);
  refuse_what_moves(path, views);

  const View& first = views.front();
  ScanGeometry scan;
  scan.beam = first.source_detector == 0 ? ScanGeometry::Beam::parallel : ScanGeometry::Beam::cone;
  if (scan.beam == ScanGeometry::Beam::cone) {
    if (!(first.source_isocentre > 0 && first.source_detector > 0))
      fail(ExitCode::input, path, ": distances of the source must be positive");
    scan.source_to_isocentre_mm = first.source_isocentre;
    scan.source_to_detector_mm = first.source_detector;
    scan.row_offset_mm = middle_mm(stack, 1) + first.projection_y;
  } else if (std::abs(middle_mm(stack, 1) + first.projection_y) > kDriftTolerance_mm) {
    fail(ExitCode::input, path, ": a parallel beam with rows off the isocentre is not supported");
  }
  if (radius != 0) {
    if (std::abs(radius - first.source_detector) > kDriftTolerance_mm)
      fail(ExitCode::input, path, ": a cylindrical detector must have the source as its centre");
    scan.detector = ScanGeometry::Detector::arc;
  }
  scan.column_pitch_mm = stack.spacing_mm[0];
  scan.row_pitch_mm = stack.spacing_mm[1];
  scan.column_offset_mm = middle_mm(stack, 0) + first.projection_x;
  scan.lps_from_scanner = {1, 0, 0, 0, 0, 1, 0, -1, 0};
  for (const View& view : views) scan.angles_deg.push_back(view.gantry_deg);
  return scan;
}

}  // namespace voxprior
