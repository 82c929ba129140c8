// voxprior recon superres IN OUT: thin slices out of thick ones.
#include <algorithm>
#include <boost/program_options.hpp>
#include <cmath>
#include <iostream>

#include "base/error.h"
#include "io/volume_file.h"
#include "workflows/commands.h"
#include "workflows/noise_level.h"
#include "workflows/read_choices.h"
#include "workflows/recon_choices.h"
#include "workflows/recon_output.h"
#include "workflows/recon_units.h"
#include "workflows/statistics.h"

namespace voxprior {
namespace po = boost::program_options;
namespace {

const About kAbout{
    "recon superres",
    "make thin slices out of thick ones with a learned prior",
    "The axis with the coarsest spacing is divided into thinner slices, such that their means over each thick slice\n"
    "give back what was measured. Everything between is the prior's: plausible, not measured.\n\n"
    "For volumes with truly thick slices. One that was interpolated before has no thick slices any more.",
    {"Greenspan. Super-resolution in medical imaging. The Computer Journal 2009; 52:43-63."}};

struct Choices {
  double thickness_mm = 0, spacing_mm = 0;
  std::string profile;
};

/// The thin grid: as many slices as fill the extent of the thick ones, about the same centre.
Geometry thin_grid(const Geometry& thick, std::size_t axis, std::int64_t count, double spacing_mm) {
  Geometry thin = thick;
  thin.size[axis] = count;
  thin.spacing_mm[axis] = spacing_mm;
  const double shift = 0.5 * (static_cast<double>(thick.size[axis] - 1) * thick.spacing_mm[axis] -
                              static_cast<double>(count - 1) * spacing_mm);
  for (std::size_t row = 0; row < 3; ++row) thin.origin_mm[row] += shift * thick.lps_from_index[3 * row + axis];
  return thin;
}

}  // namespace

int recon_superres_command(const Invocation& invocation) {
  std::string input, output;
  Choices choices;
  ReconChoices recon;
  ReadChoices reading;

  Arguments arguments;
  arguments.positional("IN", &input, "volume with thick slices")
      .positional("OUT", &output, "volume to write (.nii, .nii.gz, .nrrd or .mha), or a folder for DICOM files");
  arguments
      .option("thickness", positive(&choices.thickness_mm, "--thickness")->value_name("MM"),
              "thickness of a slice; default: the distance between slices")
      .option("spacing", positive(&choices.spacing_mm, "--spacing")->value_name("MM"),
              "distance between the thin slices; default: the finer of the other two spacings")
      .option("profile", choice(&choices.profile, "--profile", {"boxcar", "gaussian"}),
              "how a thick slice weighs what it holds; gaussian: the thickness is its full width at half maximum");
  recon.add_to(arguments, "pnp-hqs", false);
  reading.add_to(arguments);
  arguments.with_progress();

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay& progress) {
    ReconOutput out(kAbout.name, {{"volume", input}}, output, recon);
    progress.stage("reading");
    const Volume thick = read_volume(input, reading.options());
    const auto& spacing = thick.geometry.spacing_mm;
    const auto axis = static_cast<std::size_t>(std::max_element(spacing.begin(), spacing.end()) - spacing.begin());
    const double thin_mm =
        choices.spacing_mm > 0 ? choices.spacing_mm : std::min(spacing[(axis + 1) % 3], spacing[(axis + 2) % 3]);
    if (thin_mm > 0.75 * spacing[axis])
      fail(ExitCode::input, input, ": its slices are ", spacing[axis], " mm apart; thinner ones of ", thin_mm,
           " mm would hold nothing new");

    const bool ct = is_ct(thick);
    const ReconSettings settings = recon.settings(ct);
    const PriorUnits units(thick, ct, input);
    SuperresProblem problem;
    problem.size_ijk = thick.geometry.size;
    problem.voxels = units.to_prior(thick.voxels);
    problem.axis = static_cast<int>(axis);
    problem.thick_spacing_mm = spacing[axis];
    problem.thickness_mm = choices.thickness_mm > 0 ? choices.thickness_mm : spacing[axis];
    problem.thin_count = std::max<std::int64_t>(
        2, std::llround(static_cast<double>(thick.geometry.size[axis]) * spacing[axis] / thin_mm));
    problem.thin_spacing_mm = thin_mm;
    problem.profile = choices.profile;
    problem.unit = units.scale();
    problem.sigma = noise_level(thick, {}).sigma;

    Volume image;
    image.geometry = thin_grid(thick.geometry, axis, problem.thin_count, thin_mm);
    image.modality = ct ? Modality::ct : Modality::mr;
    note_memory(64. * static_cast<double>(image.geometry.voxel_count()), settings, input, progress);
    const std::unique_ptr<ReconSession> session = open_recon_session(settings);
    refuse_other_prior(*session, ct, input, recon.force);
    note_session(*session, settings, progress);
    ReconResult result = session->superres(std::move(problem), progress);

    progress.stage("writing");
    image.voxels = units.from_prior(std::move(result.image));
    progress.finish();
    out.tell(thick.notices);
    out.provenance()["slices"] = {
        {"axis", std::string(1, "ijk"[axis])}, {"thick_mm", spacing[axis]}, {"thin_mm", thin_mm}};
    out.write(image, result.deviation, result, *session, settings);
  });
}

}  // namespace voxprior
