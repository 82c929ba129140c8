#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/atomic_file.h"
#include "io/raw/number_array.h"
#include "io/volume.h"

namespace voxprior {

/// How a circular CT scan was taken. Scanner coordinates are millimetres from the isocentre: z along the axis of
/// rotation; at the angle b the detector's columns increase along e_u = (cos b, sin b, 0), its rows along z, and the
/// central ray runs along e_r = (-sin b, cos b, 0) from a source at -source_to_isocentre_mm * e_r.
struct ScanGeometry {
  enum class Beam { parallel, fan, cone };
  enum class Detector {
    flat,  ///< columns are equidistant on a line
    arc    ///< columns are equidistant on a circle around the source
  };

  Beam beam = Beam::parallel;
  Detector detector = Detector::flat;
  double source_to_isocentre_mm = 0;  ///< fan and cone beams only, like the next one
  double source_to_detector_mm = 0;
  double column_pitch_mm = 1;   ///< between the centres of columns, on the detector
  double row_pitch_mm = 1;      ///< between rows, on the detector; parallel and fan beam: between slices
  double column_offset_mm = 0;  ///< along e_u, from the central ray to the middle of the detector
  double row_offset_mm = 0;     ///< the same along z, cone beam only
  std::vector<double> angles_deg;

  std::array<double, 3> isocentre_mm{0, 0, 0};  ///< in LPS
  std::array<double, 9> lps_from_scanner{1, 0, 0, 0, 1,
                                         0, 0, 0, 1};  ///< row-major; column k: where scanner axis k runs
  std::optional<Geometry> grid;  ///< where to reconstruct, with index axes along the scanner's; absent: nobody said

  double photons_per_ray = 0;   ///< without an object (I0); 0: not known
  double electronic_sigma = 0;  ///< standard deviation of the electronic noise, in photons
};

/// Line integrals of attenuation, -ln(I / I0): no unit.
struct Projections {
  std::int64_t columns = 0, rows = 0;
  std::vector<float> values;  ///< [view][row][column], the column runs fastest
  ScanGeometry scan;

  std::int64_t views() const { return static_cast<std::int64_t>(scan.angles_deg.size()); }
};

/// Reads a stack of projections (.mha or .nrrd: columns, rows, views; spacing: pitch of columns, pitch of rows,
/// anything) with its geometry, a .toml file of ours (docs/raw-data.md) or RTK's .xml. A view holds -ln(I / I0). Throws
/// Error(ExitCode::input) when the two do not fit together: as many angles as views, the same pitches.
Projections read_projections(const std::filesystem::path& stack, const std::filesystem::path& geometry,
                             std::int64_t max_voxels);

/// Writes the stack, then its geometry as .toml; a stack with a geometry is complete. Throws Error(ExitCode::output).
void write_projections(const std::filesystem::path& stack, const std::filesystem::path& geometry,
                       const Projections& projections, Overwrite overwrite);

/// What follows from the grid and the place of the isocentre in it: axes and origin of the scanner.
void place_scanner(ScanGeometry& scan, const Geometry& grid, const std::array<double, 3>& isocentre_mm);

/// The position of the middle of `grid` in scanner coordinates.
std::array<double, 3> centre_in_scanner(const ScanGeometry& scan, const Geometry& grid);

}  // namespace voxprior
