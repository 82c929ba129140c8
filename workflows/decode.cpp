// voxprior decode IN OUT: a latent back to a volume.
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
    "decode",
    "turn a latent back into a volume",
    "IN is what encode wrote, its .voxprior.json beside it; model and steps must be those of encode. OUT "
    "lies on\nthe model's grid and has the intensity scale of the scan.",
    {"Song et al. Score-based generative modeling through stochastic differential equations. ICLR 2021."}};

}  // namespace

int decode_command(const Invocation& invocation) {
  std::string input, output;
  LatentChoices choices;
  Arguments arguments;
  arguments.positional("IN", &input, "latent, as encode wrote it")
      .positional("OUT", &output, "volume to write; the ending chooses the format");
  choices.add_to(arguments);
  arguments.with_progress();

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay& progress) {
    VolumeOutput out("decode", input, output, {}, choices.overwrite);
    progress.stage("loading the model");
    const SynthOptions options = choices.options();
    const auto session = open_synth_session(options);
    StoredLatent stored = read_latent(input, session->model(), settings_of(*session, options));
    progress.stage("decoding");
    std::vector<float> voxels = session->decode(std::move(stored.latent), progress);
    progress.finish();
    out.provenance()["latent"] = {{"settings", settings_of(*session, options)}};
    out.provenance()["device"] = session->device();
    out.write_volume(model_volume(session->model(), std::move(voxels), stored.scale));
    out.finish();
  });
}

}  // namespace voxprior
