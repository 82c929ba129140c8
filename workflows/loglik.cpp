// voxprior loglik IN: how likely a synthesis model finds a scan.
#include <boost/program_options.hpp>
#include <iostream>

#include "base/error.h"
#include "io/volume_file.h"
#include "workflows/commands.h"
#include "workflows/files.h"
#include "workflows/installed_models.h"
#include "workflows/latent_volume.h"
#include "workflows/model_grid.h"
#include "workflows/platform.h"
#include "workflows/provenance.h"
#include "workflows/synthesis.h"

namespace voxprior {
namespace po = boost::program_options;
namespace {

const About kAbout{
    "loglik",
    "tell how likely a synthesis model finds a scan, in bits per voxel",
    "The scan is brought to the model's grid and its probability computed exactly, up to --tolerance and the spread "
    "of\n"
    "--probes, along the model's ODE: the fewer bits, the more it is like the training data. --map shows where the "
    "bits\n"
    "are: bright is what the model did not expect. A bit is that of naming one of the grey levels of --grey-levels.\n\n"
    "Slow: some hundred evaluations of every network, forwards and backwards, on the whole volume. --bound is faster:\n"
    "the number of bits that the model needs at most, by its diffusion of N steps.",
    {"Song et al. Score-based generative modeling through stochastic differential equations. ICLR 2021.",
     "Kingma et al. Variational diffusion models. NeurIPS 2021.",
     "Skilling. The eigenvalues of mega-dimensional matrices. 1989. Hutchinson 1990."}};

struct LogLikChoices {
  std::string input, map, model;
  long long grey_levels = 0, probes = 0, bound_steps = 0, seed = 0, threads = 0;
  double tolerance = 1e-3;
  SynthOptions options;
  Overwrite overwrite = Overwrite::no;
};

void write_map(const LogLikChoices& choices, const SynthSession& session, const VolumeLikelihood& found) {
  if (choices.map.empty()) return;
  Provenance provenance("loglik");
  provenance.add_input("volume", choices.input);
  provenance["settings"] = settings_of(session, choices.options);
  provenance["grey_levels"] = choices.grey_levels;
  provenance["probes"] = choices.probes;
  provenance["seed"] = choices.seed;
  provenance["tolerance"] = choices.tolerance;
  provenance["bits_per_voxel"] = found.bits_per_voxel;
  provenance["evaluations"] = found.evaluations;
  provenance.add_output("map", choices.map);
  write_volume(choices.map, latent_volume(session.model(), found.map), {choices.overwrite, "bits per voxel, voxprior"});
  provenance.write_beside(choices.map, choices.overwrite);
}

void print(const LogLikChoices& choices, const SynthSession& session, const VolumeLikelihood& found) {
  std::cout << (choices.bound_steps > 0 ? "bits per voxel, at most: " : "bits per voxel: ") << found.bits_per_voxel
            << " (" << choices.grey_levels << " grey levels)\n";
  for (std::size_t level = 0; level < found.bits_of_levels.size(); ++level)
    std::cout << "  " << session.model().files[level].file << ": " << found.bits_of_levels[level] << '\n';
  if (!choices.map.empty()) std::cout << "wrote " << choices.map << '\n';
}

}  // namespace

int loglik_command(const Invocation& invocation) {
  LogLikChoices choices;
  bool overwrite = false;
  Arguments arguments;
  arguments.positional("IN", &choices.input, "scan: .nii, .nii.gz, .nrrd or .mha")
      .option("model", po::value(&choices.model)->value_name("NAME|FOLDER")->default_value("brain-t1-synth"),
              "an installed synthesis model, or a folder with coarse.safetensors")
      .option("map", po::value(&choices.map)->value_name("FILE"), "write the bits of each voxel, on the model's grid")
      .option("grey-levels", at_least(2, &choices.grey_levels, "--grey-levels")->value_name("N")->default_value(1000),
              "grey levels between 0 and the 99.5th percentile (MR) or water (CT)")
      .option("probes", at_least(1, &choices.probes, "--probes")->value_name("N")->default_value(1),
              "random vectors of the trace estimate: more are slower and steadier")
      .option("tolerance", positive(&choices.tolerance, "--tolerance")->value_name("X")->default_value(1e-3),
              "error that a step of the ODE solver may make")
      .option("bound", at_least(1, &choices.bound_steps, "--bound")->value_name("N"),
              "compute the variational bound of N steps instead: N evaluations of each network, no map")
      .option("seed", at_least(0, &choices.seed, "--seed")->value_name("S")->default_value(0),
              "of the probes, or of the noise of the bound")
      .option("threads", at_least(1, &choices.threads, "--threads")->value_name("N"),
              "threads to compute with; default: OMP_NUM_THREADS, else SLURM_CPUS_PER_TASK, else all cores allowed")
      .option("device", choice(&choices.options.device, "--device", {"auto", "cpu", "cuda"}), "where to compute")
      .flag("overwrite", &overwrite, "replace files that exist")
      .with_progress();

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay& progress) {
    choices.overwrite = overwrite ? Overwrite::yes : Overwrite::no;
    if (choices.bound_steps > 0 && !choices.map.empty())
      fail(ExitCode::usage, "--map is of the exact likelihood; leave --bound out");
    check_readable(choices.input);
    if (!choices.map.empty()) {
      format_of_name(choices.map);
      check_outputs({choices.map, sidecar_path(choices.map)}, {choices.input}, choices.overwrite);
    }
    choices.options.needs_ode = true;
    choices.options.model_folder = find_synthesis_model(choices.model).string();
    choices.options.precision = "float32";  // in bfloat16 the trace would be that of rounding
    choices.options.memory_bytes = free_memory_bytes();
    choices.options.threads = compute_threads(static_cast<int>(choices.threads));

    progress.stage("loading the model");
    const auto session = open_synth_session(choices.options);
    OnModelGrid scan = read_on_model_grid(choices.input, session->model());
    for (const std::string& notice : scan.notices) std::cerr << "notice: " << notice << '\n';
    progress.stage("computing the likelihood");
    const double grey_level = 1. / static_cast<double>(choices.grey_levels);
    const auto seed = static_cast<std::uint64_t>(choices.seed);
    const VolumeLikelihood found =
        choices.bound_steps > 0
            ? session->bound(std::move(scan.voxels), grey_level, static_cast<int>(choices.bound_steps), seed, progress)
            : session->likelihood(std::move(scan.voxels), grey_level, static_cast<int>(choices.probes),
                                  choices.tolerance, seed, progress);
    progress.finish();
    write_map(choices, *session, found);
    print(choices, *session, found);
  });
}

}  // namespace voxprior
