#include "io/raw/projections.h"

#include <cmath>

#include "base/error.h"
#include "io/raw/geometry_toml.h"
#include "io/raw/rtk_geometry.h"
#include "io/volume_file.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

constexpr double kPitchAgreement = 1e-4;  // relative: text files round

bool agree(double a, double b) { return std::abs(a - b) <= kPitchAgreement * std::abs(b); }

/// The geometry and whether its file knows the pitches: RTK's does not, there the stack alone says them.
ScanGeometry read_scan(const fs::path& geometry, const Volume& stack) {
  if (geometry.extension() == ".toml") return read_geometry_toml(geometry);
  if (geometry.extension() == ".xml") return read_rtk_geometry(geometry, stack.geometry);
  fail(ExitCode::usage, geometry, ": unknown kind of geometry; a .toml file or RTK's .xml is needed");
}

void check_fit(const fs::path& path, const fs::path& geometry, const Volume& stack, const ScanGeometry& scan) {
  const auto views = static_cast<std::size_t>(stack.geometry.size[2]);
  if (views != scan.angles_deg.size()) {
    fail(ExitCode::input, path, ": holds ", views, " views, but ", geometry, " has ", scan.angles_deg.size(),
         " angles; the two must belong together");
  }
  if (!agree(stack.geometry.spacing_mm[0], scan.column_pitch_mm) ||
      !agree(stack.geometry.spacing_mm[1], scan.row_pitch_mm)) {
    fail(ExitCode::input, path, ": has a pitch of ", stack.geometry.spacing_mm[0], " x ", stack.geometry.spacing_mm[1],
         " mm, but ", geometry, " says ", scan.column_pitch_mm, " x ", scan.row_pitch_mm,
         " mm; the two must belong together");
  }
}

}  // namespace

Projections read_projections(const fs::path& stack, const fs::path& geometry, std::int64_t max_voxels) {
  if (format_of_name(stack) == FileFormat::nifti)
    fail(ExitCode::usage, stack, ": projections are read from .mha or .nrrd");
  ReadOptions options;
  options.max_voxels = max_voxels;
  Volume volume = read_volume(stack, options);

  Projections projections;
  projections.scan = read_scan(geometry, volume);
  check_fit(stack, geometry, volume, projections.scan);
  projections.columns = volume.geometry.size[0];
  projections.rows = volume.geometry.size[1];
  projections.values = std::move(volume.voxels);
  return projections;
}

void write_projections(const fs::path& stack, const fs::path& geometry, const Projections& projections,
                       Overwrite overwrite) {
  Volume volume;
  volume.geometry.size = {projections.columns, projections.rows, projections.views()};
  volume.geometry.spacing_mm = {projections.scan.column_pitch_mm, projections.scan.row_pitch_mm, 1};
  volume.voxels = projections.values;
  volume.stored.format = format_of_name(stack);
  write_volume(stack, volume, {overwrite, "CT projections, -ln(I / I0); columns, rows, views"});
  write_geometry_toml(geometry, projections.scan, overwrite);
}

void place_scanner(ScanGeometry& scan, const Geometry& grid, const std::array<double, 3>& isocentre_mm) {
  scan.grid = grid;
  scan.isocentre_mm = isocentre_mm;
  scan.lps_from_scanner = grid.lps_from_index;
}

std::array<double, 3> centre_in_scanner(const ScanGeometry& scan, const Geometry& grid) {
  std::array<double, 3> from_isocentre{}, centre{};
  for (std::size_t row = 0; row < 3; ++row) {
    from_isocentre[row] = grid.origin_mm[row] - scan.isocentre_mm[row];
    for (std::size_t axis = 0; axis < 3; ++axis) {
      from_isocentre[row] +=
          grid.lps_from_index[3 * row + axis] * grid.spacing_mm[axis] * 0.5 * static_cast<double>(grid.size[axis] - 1);
    }
  }
  for (std::size_t axis = 0; axis < 3; ++axis) {
    for (std::size_t row = 0; row < 3; ++row)
      centre[axis] += scan.lps_from_scanner[3 * row + axis] * from_isocentre[row];
  }
  return centre;
}

}  // namespace voxprior
