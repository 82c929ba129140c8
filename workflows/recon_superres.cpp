// voxprior recon superres IN OUT: thin slices out of thick ones.
#include "base/error.h"
#include "io/volume_file.h"
#include "workflows/commands.h"
#include "workflows/read_choices.h"
#include "workflows/recon_choices.h"
#include "workflows/recon_output.h"
#include "workflows/superres.h"

namespace voxprior {
namespace {

const About kAbout{
    "recon superres",
    "make thin slices out of thick ones with a learned prior",
    "The axis with the coarsest spacing is divided into thinner slices, such that their means over each thick slice\n"
    "give back what was measured. Everything between is the prior's: plausible, not measured.\n\n"
    "For volumes with truly thick slices. One that was interpolated before has no thick slices any more.",
    {"Greenspan. Super-resolution in medical imaging. The Computer Journal 2009; 52:43-63."}};

}  // namespace

int recon_superres_command(const Invocation& invocation) {
  std::string input, output;
  SuperresChoices choices;
  ReconChoices recon;
  ReadChoices reading;

  Arguments arguments;
  arguments.positional("IN", &input, "volume with thick slices")
      .positional("OUT", &output, "volume to write (.nii, .nii.gz, .nrrd or .mha), or a folder for DICOM files");
  choices.add_to(arguments);
  recon.add_to(arguments, kSuperresMethod, false);
  reading.add_to(arguments);
  arguments.with_progress();

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay& progress) {
    ReconOutput out(kAbout.name, {{"volume", input}}, output, recon);
    progress.stage("reading");
    const Volume thick = read_volume(input, reading.options());
    SuperresSetup setup = set_up_superres(thick, choices, input);
    const ReconSettings settings = recon.settings(setup.ct);
    note_memory(superres_bytes(setup.thin.geometry), settings, input, progress);
    const std::unique_ptr<ReconSession> session = open_recon_session(settings);
    refuse_other_prior(*session, setup.ct, input, recon.force);
    note_session(*session, settings, progress);
    const ThinVolume made = make_thin(std::move(setup), *session, progress);

    progress.stage("writing");
    progress.finish();
    out.tell(thick.notices);
    out.provenance()["slices"] = made.slices;
    out.write(made.volume, made.result.deviation, made.result, *session, settings);
  });
}

}  // namespace voxprior
