// voxprior encode IN OUT: a scan to the noise that a synthesis model would make it of.
#include <iostream>

#include "workflows/commands.h"
#include "workflows/latent_choices.h"
#include "workflows/latent_volume.h"
#include "workflows/model_grid.h"
#include "workflows/synthesis.h"
#include "workflows/volume_output.h"

namespace voxprior {
namespace {

const About kAbout{
    "encode",
    "turn a scan into its latent: the noise of which a synthesis model makes it",
    "The scan is brought to the model's grid, then the model's ODE is followed backwards, from the volume to noise. "
    "The\n"
    "latent is a volume of that grid which looks like white noise; decode turns it back. How closely, --steps decides.",
    {"Song et al. Score-based generative modeling through stochastic differential equations. ICLR 2021."}};

}  // namespace

int encode_command(const Invocation& invocation) {
  std::string input, output;
  LatentChoices choices;
  Arguments arguments;
  arguments.positional("IN", &input, "scan: .nii, .nii.gz, .nrrd or .mha")
      .positional("OUT", &output, "latent to write; the ending chooses the format");
  choices.add_to(arguments);
  arguments.with_progress();

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay& progress) {
    VolumeOutput out("encode", input, output, {}, choices.overwrite);
    progress.stage("loading the model");
    const SynthOptions options = choices.options();
    const auto session = open_synth_session(options);
    OnModelGrid scan = read_on_model_grid(input, session->model());
    out.tell(scan.notices);
    progress.stage("encoding");
    std::vector<float> latent = session->encode(std::move(scan.voxels), progress);
    progress.finish();
    out.provenance()["latent"] = {{"settings", settings_of(*session, options)},
                                  {"scale", scan.unit.scale},
                                  {"scan_from_model", scan.scan_from_model}};
    out.provenance()["device"] = session->device();
    out.write_volume(latent_volume(session->model(), std::move(latent)));
    out.finish();
  });
}

}  // namespace voxprior
