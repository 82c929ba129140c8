// voxprior simulate ct IN OUT: projections of a scan that never was.
#include <boost/program_options.hpp>
#include <cmath>
#include <iostream>

#include "base/error.h"
#include "io/raw/projections.h"
#include "io/volume_file.h"
#include "pipeline/noise/counts.h"
#include "workflows/commands.h"
#include "workflows/compute/simulate.h"
#include "workflows/files.h"
#include "workflows/platform.h"
#include "workflows/provenance.h"
#include "workflows/read_choices.h"
#include "workflows/written_files.h"

namespace voxprior {
namespace po = boost::program_options;
namespace fs = std::filesystem;
namespace {

const About kAbout{
    "simulate ct",
    "make CT projections out of a volume in Hounsfield units, for experiments in reconstruction",
    "The scanner turns around the k axis of the volume, through its middle. Line integrals follow the rule of Joseph, "
    "which\n"
    "recon ct inverts, too: results are better than with a real scanner, whose voxels are no voxels.\n\n"
    "With --photons, each ray receives a Poisson number of them and the detector adds electronic noise.\n\n"
    "OUT is a stack of projections (.mha or .nrrd) of -ln(I / I0); beside scan.mha comes scan.toml, the geometry, and\n"
    "scan.voxprior.json. docs/raw-data.md describes both.",
    {"Joseph. An improved algorithm for reprojecting rays through pixel images. IEEE Trans Med Imaging 1982; "
     "1:192-196."}};

struct Choices {
  std::string beam, detector;
  long long views = 360, columns = 0, rows = 0, seed = 0, threads = 0;
  double arc_deg = 0, column_pitch = 0, row_pitch = 0, column_offset = 0;
  double source_to_isocentre = 595, source_to_detector = 1085.6;
  double photons = 0, electronic = 0, water_per_mm = 0.02;
};

/// Largest distance of a voxel's edge from the axis of rotation.
double radius_mm(const Geometry& grid) {
  return 0.5 * std::hypot(static_cast<double>(grid.size[0]) * grid.spacing_mm[0],
                          static_cast<double>(grid.size[1]) * grid.spacing_mm[1]);
}

std::array<double, 3> middle_mm(const Geometry& grid) {
  std::array<double, 3> middle = grid.origin_mm;
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      middle[row] +=
          0.5 * static_cast<double>(grid.size[axis] - 1) * grid.spacing_mm[axis] * grid.lps_from_index[3 * row + axis];
    }
  }
  return middle;
}

struct Scan {
  ScanGeometry geometry;
  std::int64_t columns = 0, rows = 0;
};

/// What was asked for, and for the rest a detector that sees the whole volume with about one column and row a voxel.
Scan scan_of(const Choices& choices, const Geometry& grid) {
  Scan scan;
  ScanGeometry& g = scan.geometry;
  g.beam = choices.beam == "parallel" ? ScanGeometry::Beam::parallel
           : choices.beam == "fan"    ? ScanGeometry::Beam::fan
                                      : ScanGeometry::Beam::cone;
  g.detector = choices.detector == "arc" ? ScanGeometry::Detector::arc : ScanGeometry::Detector::flat;
  const bool parallel = g.beam == ScanGeometry::Beam::parallel, cone = g.beam == ScanGeometry::Beam::cone;
  const double radius = radius_mm(grid);
  double magnification = 1, half_width = radius;
  if (!parallel) {
    g.source_to_isocentre_mm = choices.source_to_isocentre;
    g.source_to_detector_mm = choices.source_to_detector;
    if (radius >= g.source_to_isocentre_mm)
      fail(ExitCode::usage, "--source-to-isocentre: the volume reaches ", radius,
           " mm from the axis, beyond the source");
    magnification = g.source_to_detector_mm / g.source_to_isocentre_mm;
    const double half_fan = std::asin(radius / g.source_to_isocentre_mm);
    half_width = g.source_to_detector_mm * (g.detector == ScanGeometry::Detector::arc ? half_fan : std::tan(half_fan));
  }
  const double in_plane = std::min(grid.spacing_mm[0], grid.spacing_mm[1]);
  g.column_pitch_mm = choices.column_pitch > 0 ? choices.column_pitch : in_plane * magnification;
  g.column_offset_mm = choices.column_offset;
  scan.columns =
      choices.columns > 0
          ? choices.columns
          : static_cast<std::int64_t>(std::ceil(2 * (half_width + std::abs(g.column_offset_mm)) / g.column_pitch_mm)) +
                1;
  if (cone) {
    g.row_pitch_mm = choices.row_pitch > 0 ? choices.row_pitch : grid.spacing_mm[2] * magnification;
    const double half_height = 0.5 * static_cast<double>(grid.size[2]) * grid.spacing_mm[2] * g.source_to_detector_mm /
                               (g.source_to_isocentre_mm - radius);
    scan.rows =
        choices.rows > 0 ? choices.rows : static_cast<std::int64_t>(std::ceil(2 * half_height / g.row_pitch_mm)) + 1;
  } else {
    g.row_pitch_mm = grid.spacing_mm[2];
    scan.rows = grid.size[2];
  }
  const double arc = choices.arc_deg > 0 ? choices.arc_deg : parallel ? 180 : 360;
  for (long long view = 0; view < choices.views; ++view)
    g.angles_deg.push_back(arc * static_cast<double>(view) / static_cast<double>(choices.views));
  g.photons_per_ray = choices.photons;
  g.electronic_sigma = choices.electronic;
  place_scanner(g, grid, middle_mm(grid));
  return scan;
}

std::vector<float> attenuation_of(const Volume& volume, double water) {
  std::vector<float> mu;
  for (const float hounsfield : volume.voxels)
    mu.push_back(static_cast<float>(std::max(0., (hounsfield / 1000. + 1) * water)));
  return mu;
}

}  // namespace

int simulate_ct_command(const Invocation& invocation) {
  std::string input, output;
  Choices choices;
  ReadChoices reading;
  bool overwrite = false;

  Arguments arguments;
  arguments.positional("IN", &input, "volume in Hounsfield units")
      .positional("OUT", &output, "projections to write: .mha or .nrrd");
  arguments.option("beam", choice(&choices.beam, "--beam", {"parallel", "fan", "cone"}), "shape of the beam")
      .option("views", at_least(1, &choices.views, "--views")->value_name("N")->default_value(choices.views),
              "number of angles")
      .option("arc", positive(&choices.arc_deg, "--arc")->value_name("DEG"),
              "degrees over which they are spread; default: 180 for a parallel beam, else 360")
      .option("detector", choice(&choices.detector, "--detector", {"flat", "arc"}),
              "arc: columns lie on a circle around the source")
      .option("columns", at_least(1, &choices.columns, "--columns")->value_name("N"),
              "of the detector; default: as many as see the volume")
      .option("rows", at_least(1, &choices.rows, "--rows")->value_name("N"), "the same, for a cone beam")
      .option("column-pitch", positive(&choices.column_pitch, "--column-pitch")->value_name("MM"),
              "distance between columns; default: a voxel, magnified")
      .option("row-pitch", positive(&choices.row_pitch, "--row-pitch")->value_name("MM"), "the same, for a cone beam")
      .option("column-offset", po::value(&choices.column_offset)->value_name("MM")->default_value(0),
              "from the central ray to the middle of the detector")
      .option("source-to-isocentre",
              positive(&choices.source_to_isocentre, "--source-to-isocentre")
                  ->value_name("MM")
                  ->default_value(choices.source_to_isocentre),
              "fan and cone beam")
      .option("source-to-detector",
              positive(&choices.source_to_detector, "--source-to-detector")
                  ->value_name("MM")
                  ->default_value(choices.source_to_detector),
              "fan and cone beam")
      .option("photons", positive(&choices.photons, "--photons")->value_name("I0"),
              "in each ray, without an object; default: no noise")
      .option("electronic", positive(&choices.electronic, "--electronic")->value_name("SIGMA"),
              "standard deviation of the electronic noise, in photons")
      .option("water",
              positive(&choices.water_per_mm, "--water")->value_name("MU")->default_value(choices.water_per_mm),
              "attenuation of water in 1/mm")
      .option("seed", at_least(0, &choices.seed, "--seed")->value_name("S")->default_value(0), "which noise to draw")
      .option("threads", at_least(1, &choices.threads, "--threads")->value_name("N"),
              "threads to compute with; default: OMP_NUM_THREADS, else SLURM_CPUS_PER_TASK, else all cores allowed")
      .flag("overwrite", &overwrite, "replace files that exist");
  reading.add_to(arguments);
  arguments.with_progress();

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay& progress) {
    if (choices.beam != "cone" && (choices.rows > 0 || choices.row_pitch > 0))
      fail(ExitCode::usage, "--rows, --row-pitch: only for a cone beam; the others have a row for each slice");
    if (choices.electronic > 0 && choices.photons == 0) fail(ExitCode::usage, "--electronic: needs --photons");
    if (!std::isfinite(choices.column_offset)) fail(ExitCode::usage, "--column-offset: must be a number");
    if (format_of_name(output) == FileFormat::nifti)
      fail(ExitCode::usage, output, ": projections are written as .mha or .nrrd");
    const Overwrite replace = overwrite ? Overwrite::yes : Overwrite::no;
    const fs::path geometry = fs::path(output).replace_extension(".toml");
    check_readable(input);
    check_outputs({output, geometry, sidecar_path(output)}, {input}, replace);

    progress.stage("reading");
    const Volume volume = read_volume(input, reading.options());
    Provenance provenance(kAbout.name);
    provenance.add_input("volume", input);

    progress.stage("projecting");
    const Scan scan = scan_of(choices, volume.geometry);
    Projections projections;
    projections.columns = scan.columns;
    projections.rows = scan.rows;
    projections.scan = scan.geometry;
    std::vector<std::string> notices;
    projections.values =
        simulate_projections(attenuation_of(volume, choices.water_per_mm), volume.geometry, scan.geometry, scan.columns,
                             scan.rows, compute_threads(static_cast<int>(choices.threads)), notices);
    if (choices.photons > 0) {
      add_photon_noise(projections.values.data(), projections.values.size(), choices.photons, choices.electronic,
                       static_cast<std::uint64_t>(choices.seed));
    }

    progress.stage("writing");
    WrittenFiles written;
    write_projections(output, geometry, projections, replace);
    written.add(output);
    written.add(geometry);
    provenance["simulation"] = {{"beam", choices.beam},
                                {"views", choices.views},
                                {"columns", scan.columns},
                                {"rows", scan.rows},
                                {"photons", choices.photons},
                                {"electronic_sigma", choices.electronic},
                                {"water_per_mm", choices.water_per_mm},
                                {"seed", choices.seed}};
    provenance.add_output("projections", output);
    provenance.add_output("geometry", geometry);
    for (const std::string& notice : notices) provenance["notices"].push_back(notice);
    provenance.write_beside(output, replace);
    written.keep();
    progress.finish();
    for (const std::string& notice : notices) std::cerr << "notice: " << notice << '\n';
    std::cout << "detector: " << scan.columns << " columns, " << scan.rows << " rows, " << choices.views
              << " views\nwrote " << output << '\n';
  });
}

}  // namespace voxprior
