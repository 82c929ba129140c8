// voxprior recon ct IN OUT: a volume in Hounsfield units out of CT projections.
#include <boost/program_options.hpp>
#include <cmath>
#include <iostream>

#include "base/error.h"
#include "io/raw/projections.h"
#include "io/volume_file.h"
#include "workflows/commands.h"
#include "workflows/recon_choices.h"
#include "workflows/recon_output.h"

namespace voxprior {
namespace po = boost::program_options;
namespace fs = std::filesystem;
namespace {

const About kAbout{
    "recon ct",
    "reconstruct a CT volume from projections with a learned prior",
    "IN is a stack of projections (.mha or .nrrd: columns, rows, views), each value -ln(I / I0). --geometry says how\n"
    "they were taken: a .toml file or the Reconstruction Toolkit's .xml; without it, the .toml beside IN. OUT is in\n"
    "Hounsfield units.\n\n"
    "Where the photons of a ray are known, noisy rays weigh less. The prior fills in what few views or few photons\n"
    "leave open; compare with --method fbp before you believe a detail.",
    {"Feldkamp, Davis & Kress. Practical cone-beam algorithm. J Opt Soc Am A 1984; 1:612-619.",
     "Thibault et al. A three-dimensional statistical approach to improved image quality for multislice helical CT. "
     "Med "
     "Phys 2007; 34:4526-4544."}};

struct Choices {
  std::string geometry, like, window;
  double water_per_mm = 0.02;
  long long max_voxels = ReadOptions().max_voxels;
};

/// Where to reconstruct: --like, else what the geometry says.
Geometry grid_of(const Choices& choices, const fs::path& geometry, const ScanGeometry& scan) {
  if (!choices.like.empty()) return read_volume(choices.like).geometry;
  if (!scan.grid) fail(ExitCode::usage, geometry, ": does not say where to reconstruct; name a volume with --like");
  return *scan.grid;
}

/// The projectors work along the axes of the scanner: a turned grid is refused.
void refuse_turned_grid(const fs::path& path, const Geometry& grid, const ScanGeometry& scan) {
  for (std::size_t n = 0; n < 9; ++n) {
    if (std::abs(grid.lps_from_index[n] - scan.lps_from_scanner[n]) > 1e-4)
      fail(ExitCode::input, path,
           ": its axes do not run along those of the scanner; resample it or use the scan's own grid");
  }
}

/// Two copies of the projections, and a dozen volumes of a method.
double arrays_bytes(const Projections& data, const Geometry& grid) {
  return 4. * (5. * static_cast<double>(data.values.size()) + 14. * static_cast<double>(grid.voxel_count()));
}

void to_hounsfield(std::vector<float>& attenuation, double water, bool spread) {
  for (float& value : attenuation)
    value = static_cast<float>(1000 * (static_cast<double>(value) / water - (spread ? 0 : 1)));
}

}  // namespace

int recon_ct_command(const Invocation& invocation) {
  std::string input, output;
  Choices choices;
  ReconChoices recon;

  Arguments arguments;
  arguments.positional("IN", &input, "projections: .mha or .nrrd")
      .positional("OUT", &output, "volume to write (.nii, .nii.gz, .nrrd or .mha), or a folder for DICOM files");
  arguments
      .option("geometry", po::value(&choices.geometry)->value_name("FILE"),
              "how the projections were taken: .toml, or .xml of the Reconstruction Toolkit")
      .option("like", po::value(&choices.like)->value_name("VOLUME"),
              "reconstruct on the grid of this volume instead of the one in the geometry")
      .option("window", choice(&choices.window, "--window", {"hann", "cosine", "shepp-logan", "none"}),
              "what tempers the ramp filter of fbp, from smooth to sharp")
      .option("water",
              positive(&choices.water_per_mm, "--water")->value_name("MU")->default_value(choices.water_per_mm),
              "attenuation of water in 1/mm, which is 0 HU")
      .option("max-voxels",
              at_least(1, &choices.max_voxels, "--max-voxels")->value_name("N")->default_value(choices.max_voxels),
              "refuse stacks that claim more values than this, before any memory is taken for them");
  recon.add_to(arguments, "pnp-admm", true);
  arguments.with_progress();

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay& progress) {
    const fs::path geometry =
        choices.geometry.empty() ? fs::path(input).replace_extension(".toml") : fs::path(choices.geometry);
    ReconOutput out(kAbout.name, {{"projections", input}, {"geometry", geometry}, {"like", choices.like}}, output,
                    recon);
    const ReconSettings settings = recon.settings(true);

    progress.stage("reading");
    CtProblem problem;
    problem.projections = read_projections(input, geometry, choices.max_voxels);
    problem.grid = grid_of(choices, geometry, problem.projections.scan);
    refuse_turned_grid(choices.like.empty() ? geometry : fs::path(choices.like), problem.grid,
                       problem.projections.scan);
    problem.water_per_mm = choices.water_per_mm;
    problem.window = choices.window;
    note_memory(arrays_bytes(problem.projections, problem.grid), settings, input, progress);

    const std::unique_ptr<ReconSession> session = open_recon_session(settings);
    refuse_other_prior(*session, true, input, recon.force);
    note_session(*session, settings, progress);
    Volume image;
    image.geometry = problem.grid;
    image.modality = Modality::ct;
    ReconResult result = session->ct(std::move(problem), progress);

    progress.stage("writing");
    image.voxels = std::move(result.image);
    to_hounsfield(image.voxels, choices.water_per_mm, false);
    to_hounsfield(result.deviation, choices.water_per_mm, true);
    progress.finish();
    out.write(image, result.deviation, result, *session, settings);
  });
}

}  // namespace voxprior
