// voxprior synth OUT: new volumes out of a learned prior.
#include <boost/program_options.hpp>
#include <iostream>
#include <sstream>

#include "base/error.h"
#include "workflows/commands.h"
#include "workflows/installed_models.h"
#include "workflows/platform.h"
#include "workflows/synthesis.h"

namespace voxprior {
namespace po = boost::program_options;
namespace {

const About kAbout{
    "synth",
    "make new volumes that look like those a model was trained on",
    "A coarse model turns noise into a whole volume, then each octave adds the detail of twice the resolution; or it\n"
    "makes a latent, which an autoencoder decodes. Volume n of a seed is the same whatever --count, and a run that "
    "was\n"
    "stopped goes on with --resume.\n\n"
    "OUT receives synthetic-000000.nii.gz and so on, each with a .voxprior.json that says how it was made, and\n"
    "sheet.png. MR intensities are scaled to 1000 at the 99.5th percentile, CT is in HU. Every volume says in its\n"
    "header that it is synthetic. A model with a mask.safetensors draws a label volume first and the volume that fits\n"
    "it: synthetic-000000_label.nii.gz lies beside it, a pair to train on.\n\n"
    "A model may have learned a training subject by heart. Where the model's folder has copies.json (evaluate\n"
    "--memorisation --for-model makes it), each volume that is nearer to a training volume than held-out volumes are "
    "is\n"
    "warned of. Check with evaluate --memorisation before you share.",
    {"Karras et al. Elucidating the design space of diffusion-based generative models. NeurIPS 2022.",
     "Guth et al. Wavelet score-based generative modeling. NeurIPS 2022.",
     "Lu et al. DPM-Solver++: fast solver for guided sampling of diffusion probabilistic models. 2022."}};

/// "1,1,2.5" or "1".
Spacing parse_spacing(const std::string& text) {
  std::vector<double> edges;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) edges.push_back(parse_positive("--spacing", part));
  if (edges.size() == 1) edges.resize(3, edges[0]);
  if (edges.size() != 3 || text.back() == ',')
    fail(ExitCode::usage, "--spacing: must be X,Y,Z or one number, got '", text, "'");
  return {edges[0], edges[1], edges[2]};
}

const std::vector<std::string> kSamplers{"model",      "dpmpp-2m", "dpmpp-3m", "unipc-2", "unipc-3",     "heun",
                                         "heun-churn", "euler",    "ddim",     "ddpm",    "dpmpp-2m-sde"};

}  // namespace

int synth_command(const Invocation& invocation) {
  SynthRun run;
  std::string out, model, spacing, mask;
  long long count = 0, seed = 0, steps = 0, detail_steps = 0, memory_mb = 0, threads = 0;
  bool overwrite = false;

  Arguments arguments;
  arguments.positional("OUT", &out, "folder to write into")
      .option("model", po::value(&model)->value_name("NAME|FOLDER")->default_value("brain-t1-synth"),
              "an installed synthesis model, or a folder with coarse.safetensors")
      .option("count", at_least(1, &count, "--count")->value_name("N")->default_value(1), "how many volumes")
      .option("seed", at_least(0, &seed, "--seed")->value_name("S")->default_value(0), "which sequence of volumes")
      .option("class", po::value(&run.options.class_name)->value_name("NAME"),
              "of which class the volumes are to be, for a model that knows classes; default: any")
      .option("spacing", po::value(&spacing)->value_name("X,Y,Z"),
              "voxel size in mm, or one number for all three, for a model that knows several; default: that of most of "
              "its training volumes")
      .option("mask", po::value(&mask)->value_name("LABELS"),
              "label volume of the model's size that the volumes are to fit; its grid becomes theirs")
      .option("guidance", positive(&run.options.guidance, "--guidance")->value_name("W")->default_value(1),
              "above 1: more typical of what the model is told, and less varied; takes two network calls for one")
      .option("autoguidance", positive(&run.options.autoguidance, "--autoguidance")->value_name("W"),
              "above 1: away from the errors that a network shares with the weaker one beside it in the folder, so "
              "cleaner and less varied; 1: not at all. Default: what the model card advises")
      .option("sampler", choice(&run.options.sampler, "--sampler", kSamplers),
              "how the coarse model turns noise into a volume; model: as its card advises, else dpmpp-2m. "
              "docs/samplers.md says which when. A distilled network has its own way")
      .option("detail-sampler", choice(&run.options.detail_sampler, "--detail-sampler", kSamplers),
              "how the octaves do")
      .option("schedule",
              choice(&run.options.schedule, "--schedule", {"karras", "log-uniform", "cosine", "linear", "learned"}),
              "how the noise levels are spread; learned, if the model has learned it")
      .option("steps", at_least(1, &steps, "--steps")->value_name("N"),
              "steps of the coarse model; default: what its card advises, else 20; a distilled one takes 1 to 4")
      .option("detail-steps", at_least(1, &detail_steps, "--detail-steps")->value_name("N"),
              "steps of each octave; default: what its card advises, else 8; a distilled one takes 1 to 4")
      .option("format", choice(&run.format, "--format", {"nifti", "dicom"}),
              "nifti, or a folder of DICOM files for each volume")
      .option("memory", at_least(1, &memory_mb, "--memory")->value_name("MB"),
              "use no more memory for the tiles of the octaves; default: half of what is free")
      .option("threads", at_least(1, &threads, "--threads")->value_name("N"),
              "threads to compute with; default: OMP_NUM_THREADS, else SLURM_CPUS_PER_TASK, else all cores allowed")
      .option("precision", choice(&run.options.precision, "--precision", {"auto", "float32", "bfloat16"}),
              "numbers of the networks' inner layers; auto: bfloat16 where the processor or GPU computes in it")
      .option("device", choice(&run.options.device, "--device", {"auto", "cpu", "cuda"}), "where to compute")
      .flag("resume", &run.resume, "keep the volumes that are there and make the others")
      .flag("overwrite", &overwrite, "replace volumes that exist")
      .with_progress();

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay& progress) {
    if (run.resume && overwrite) fail(ExitCode::usage, "--resume keeps what --overwrite replaces; give one of them");
    run.out_folder = out;
    run.mask = mask;
    if (!spacing.empty()) run.options.spacing_mm = parse_spacing(spacing);
    run.count = count;
    run.seed = static_cast<std::uint64_t>(seed);
    run.overwrite = overwrite ? Overwrite::yes : Overwrite::no;
    run.options.model_folder = find_synthesis_model(model).string();
    run.options.steps = static_cast<int>(steps);
    run.options.detail_steps = static_cast<int>(detail_steps);
    run.options.memory_bytes = memory_mb > 0 ? 1e6 * static_cast<double>(memory_mb) : free_memory_bytes() / 2;
    run.options.threads = compute_threads(static_cast<int>(threads));

    const SynthResult result = synthesise(run, progress);
    progress.finish();
    if (result.found > 0) std::cout << "kept " << result.found << " volumes that were there\n";
    if (!result.sheet.empty()) std::cout << "wrote " << result.sheet.string() << '\n';
    if (result.suspicious > 0)
      std::cout << result.suspicious << " of them may be copies of training volumes: look at them before you share\n";
    std::cout << "wrote " << result.made << " volumes to " << out << '\n';
  });
}

}  // namespace voxprior
