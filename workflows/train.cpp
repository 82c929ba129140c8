// voxprior train denoiser|diffusion|cascade|autoencoder|distill|bridge|gan CONFIG.toml: learn a prior from volumes.
#include "workflows/compute/train.h"

#include <boost/program_options.hpp>
#include <filesystem>
#include <iostream>

#include "base/error.h"
#include "workflows/cli/interrupt.h"
#include "workflows/commands.h"
#include "workflows/compute/module.h"
#include "workflows/files.h"
#include "workflows/platform.h"
#include "workflows/team.h"

namespace voxprior {
namespace po = boost::program_options;
namespace fs = std::filesystem;
namespace {

constexpr const char* kHowItRuns =
    "CONFIG names the volumes and everything that determines the result; docs/training.md lists its keys. The output\n"
    "folder receives model.safetensors, checkpoint.safetensors and metrics.jsonl.\n\n"
    "A run that was stopped goes on with --resume, on the CPU bit for bit as if it had not stopped. Ctrl-C ends it "
    "after\n"
    "the current report with exit code 75; what was learned since the last checkpoint is learned again.";

const char* const kEdm =
    "Karras et al. Elucidating the design space of diffusion-based generative models. NeurIPS 2022.";

/// After an interruption the checkpoint, if there is one, lets the same command go on: exit 75 instead of 130.
void train_until_interrupted(const TrainOptions& options, ProgressDisplay& progress) {
  try {
    compute_function<decltype(voxprior_train)>("voxprior_train")(options, progress);
  } catch (const Interrupted&) {
    if (!fs::exists(fs::path(options.out_folder) / "checkpoint.safetensors")) throw;
    fail(ExitCode::resumable, fs::path(options.out_folder),
         ": interrupted; run the same command with --resume to go on");
  }
}

int train(const Invocation& invocation, TrainOptions options, const About& about) {
  long long threads = 0, join_s = 600;

  Arguments arguments;
  arguments.positional("CONFIG", &options.config_file, "TOML file with data, network and training settings")
      .option("out", po::value(&options.out_folder)->value_name("FOLDER"),
              "where to write; default: runs/ and the name of CONFIG")
      .flag("resume", &options.resume, "go on from the checkpoint in the output folder");
  if (options.kind == ModelKind::denoiser && !options.distill)
    arguments.flag(
        "self-supervised", &options.self_supervised,
        "the volumes are noisy scans, and there are no clean ones: learn from their noise, from the model in "
        "model.from or from scratch");
  arguments
      .option("threads", at_least(1, &threads, "--threads")->value_name("N"),
              "threads to compute with; default: OMP_NUM_THREADS, else SLURM_CPUS_PER_TASK, else all cores allowed")
      .option("join-timeout", at_least(1, &join_s, "--join-timeout")->value_name("SECONDS")->default_value(join_s),
              "wait so long for the other processes of a training that a launcher (srun, mpirun, torchrun) started in "
              "several")
      .option("device", choice(&options.device, "--device", {"auto", "cpu", "cuda"}), "where to compute")
      .with_progress();

  return run_command(invocation, about, arguments, [&](ProgressDisplay& progress) {
    check_readable(options.config_file);
    if (options.out_folder.empty())
      options.out_folder = (fs::path("runs") / fs::path(options.config_file).stem()).string();
    options.threads = compute_threads(static_cast<int>(threads));
    options.team = team_place();
    options.team.timeout_s = static_cast<int>(join_s);

    // Of several processes one speaks.
    const std::unique_ptr<ProgressDisplay> silence = make_progress("none", about.name);
    const bool speaks = options.team.rank == 0;
    train_until_interrupted(options, speaks ? progress : *silence);
    progress.finish();
    if (speaks) std::cout << "wrote " << options.out_folder << "/model.safetensors\n";
  });
}

TrainOptions kind_options(ModelKind kind) {
  TrainOptions options;
  options.kind = kind;
  return options;
}

TrainOptions distill_options() {
  TrainOptions options;
  options.distill = true;
  return options;
}

}  // namespace

int train_denoiser_command(const Invocation& invocation) {
  return train(
      invocation, kind_options(ModelKind::denoiser),
      {"train denoiser",
       "train a denoiser on a folder of clean volumes",
       std::string("For denoise --model. With --self-supervised the volumes are your own noisy scans; what is "
                   "learned must beat, on a\npart that is held out, the model that it started from, or that "
                   "model is what is written.\n") +
           kHowItRuns,
       {kEdm, "Pang et al. Recorrupted-to-Recorrupted: unsupervised deep learning for image denoising. CVPR 2021.",
        "Lehtinen et al. Noise2Noise: learning image restoration without clean data. ICML 2018."}});
}

int train_diffusion_command(const Invocation& invocation) {
  return train(
      invocation, kind_options(ModelKind::diffusion),
      {"train diffusion",
       "train the coarse model of a cascade on whole volumes of one grid",
       std::string(
           "It learns what a whole volume looks like, at 2 to 4 mm; train cascade adds the detail. Or it learns "
           "the latents of\nvolumes, made by the autoencoder in data.autoencoder. The volumes must share a grid: see "
           "prepare.\n") +
           kHowItRuns,
       {kEdm}});
}

int train_cascade_command(const Invocation& invocation) {
  return train(
      invocation, kind_options(ModelKind::detail),
      {"train cascade",
       "train one octave of a cascade: the detail that belongs to a volume of half the resolution",
       std::string("It learns from patches, so the volumes may have any grid; their resolution is the one that "
                   "the octave reaches.\n") +
           kHowItRuns,
       {kEdm, "Guth et al. Wavelet score-based generative modeling. NeurIPS 2022."}});
}

int train_autoencoder_command(const Invocation& invocation) {
  return train(
      invocation, kind_options(ModelKind::autoencoder),
      {"train autoencoder",
       "train the latent space in which train diffusion can learn whole volumes",
       std::string("It learns to write a volume as a small grid of numbers, and to read it back. Its model.safetensors "
                   "goes into\ndata.autoencoder of train diffusion and into the folder for synth; docs/latent-space.md "
                   "says when it is worth it.\n") +
           kHowItRuns,
       {"Kingma and Welling. Auto-encoding variational Bayes. ICLR 2014.",
        "Rombach et al. High-resolution image synthesis with latent diffusion models. CVPR 2022."}});
}

int train_distill_command(const Invocation& invocation) {
  return train(
      invocation, distill_options(),
      {"train distill",
       "teach a network to sample in 1 to 4 calls what a model of train diffusion or train cascade samples in many",
       std::string(
           "The teacher is the model file that distill.teacher in CONFIG names, the data are its own. The student "
           "has the\nteacher's shape and takes its place in a folder of synth; encode, decode, interpolate and "
           "loglik need the teacher.\n") +
           kHowItRuns,
       {"Song et al. Consistency models. ICML 2023.", kEdm}});
}

int train_gan_command(const Invocation& invocation) {
  return train(
      invocation, kind_options(ModelKind::gan),
      {"train gan",
       "train a generative adversarial network: whole volumes in one network call, or a denoiser",
       std::string(
           "The baseline to compare train diffusion with: the same volumes, augmentation and number of parameters. "
           "model.gan in\nCONFIG chooses how it is trained. Its model.safetensors goes into a folder as "
           "coarse.safetensors for synth. With\nmodel.task = \"denoise\" it makes a model for denoise --model. A run "
           "whose loss is not finite ends with exit code 8 and\nkeeps its last checkpoint; docs/gan.md says what to do "
           "then.\n") +
           kHowItRuns,
       {"Huang et al. The GAN is dead; long live the GAN! A modern GAN baseline. NeurIPS 2024.",
        "Kwon et al. Generation of 3D brain MRI using auto-encoding generative adversarial networks. MICCAI 2019.",
        "Zhao et al. Differentiable augmentation for data-efficient GAN training. NeurIPS 2020."}});
}

int train_bridge_command(const Invocation& invocation) {
  return train(
      invocation, kind_options(ModelKind::bridge),
      {"train bridge",
       "train a denoiser on pairs: from noisy scans straight to their clean counterparts",
       std::string(
           "For denoise --model. It learns from real pairs on one grid, told by their file names, or from clean "
           "volumes\non which noise is simulated, and needs no estimate of the noise of a scan; docs/bridge.md "
           "says when it is worth it.\n") +
           kHowItRuns,
       {"Yang et al. Real-world denoising via diffusion model. arXiv:2305.04457, 2023.",
        "Delbracio and Milanfar. Inversion by direct iteration. TMLR 2023.",
        "Liu et al. I2SB: Image-to-image Schroedinger bridge. ICML 2023."}});
}

}  // namespace voxprior
