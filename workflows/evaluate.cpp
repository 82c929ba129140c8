// voxprior evaluate REF TEST: how far volumes are from their references, sets from sets, samples from training volumes.
#include <boost/program_options.hpp>

#include "base/error.h"
#include "workflows/commands.h"
#include "workflows/copy_watch.h"
#include "workflows/downstream_use.h"
#include "workflows/evaluate_pairs.h"
#include "workflows/files.h"
#include "workflows/memorisation.h"
#include "workflows/mode_counting.h"
#include "workflows/read_choices.h"
#include "workflows/synthesis_metrics.h"

namespace voxprior {
namespace po = boost::program_options;
namespace {

const About kAbout{
    "evaluate",
    "measure volumes against references, synthetic sets against real ones, samples against training volumes",
    "REF and TEST are two files on the same grid, or two folders whose volumes are matched by name.\n"
    "PSNR = 20 log10(peak / RMSE); NRMSE = RMSE / RMS of the reference; SSIM in 3D with a Gaussian window of 1.5 "
    "voxels.\n"
    "All are taken over the mask and stated with their data range (peak), without which such numbers mean nothing.\n\n"
    "With --synthesis REF is a folder of real and TEST a folder of synthetic volumes, at least 20 each. Frechet "
    "distance, KID, RBF-MMD, precision, recall, density and coverage on five kinds of features that need no trained "
    "network, MS-SSIM among pairs, and distances of intensities and power spectra, each beside what two halves of the "
    "real volumes show. Each MR volume is first divided by its own 99.5th percentile of tissue: that all are too "
    "bright "
    "is not seen.\n\n"
    "With --memorisation REF is the folder of training volumes and TEST that of samples. The distance of each sample "
    "to "
    "its nearest training volume, by correlation after translation and mirroring and by features, is compared with "
    "that "
    "of held-out volumes. Volumes must be in about the same position: rotations are not searched.\n\n"
    "With --modes REF is a folder made by simulate modes and TEST the samples of a generator: each is assigned to the "
    "mode "
    "that explains it best, or to none, and modes found and frequencies stand beside those of a perfect generator.\n\n"
    "With --downstream REF is a folder of synthetic (or real) volumes that a small segmentation network is trained on, "
    "TEST "
    "one of real volumes that its Dice is measured on. Labels come from a rule, not from people.",
    {"Wang et al. Image quality assessment: from error visibility to structural similarity. IEEE Trans Image Process "
     "2004; 13:600-612.",
     "Binkowski et al. Demystifying MMD GANs. ICLR 2018.",
     "Kynkaanniemi et al. Improved precision and recall metric for assessing generative models. NeurIPS 2019.",
     "Naeem et al. Reliable fidelity and diversity metrics for generative models. ICML 2020.",
     "Akbar et al. Beware of diffusion models for synthesizing medical images. arXiv 2305.07644."}};

/// All options of all three uses.
struct Choices {
  std::string reference, test, json_file, csv_file, held_out, preview_file, model_folder;
  ComparisonTerms terms;
  ReadChoices reading;
  std::string downstream;
  long long seed = 0, draws = 100, threads = 0, downstream_steps = 300;
  bool synthesis = false, memorisation = false, modes = false, overwrite = false;

  bool segments() const { return downstream != "none"; }
  Overwrite replace() const { return overwrite ? Overwrite::yes : Overwrite::no; }
};

Arguments arguments_for(Choices& choices) {
  Arguments arguments;
  arguments.positional("REF", &choices.reference, "reference volume, or folder of volumes")
      .positional("TEST", &choices.test, "volume to judge, or folder of volumes (matched by name with the references)");
  arguments
      .option("peak", po::value(&choices.terms.peak)->value_name("p99.5|max|NUMBER")->default_value(choices.terms.peak),
              "data range: the 99.5th percentile of the reference's non-zero voxels, its maximum, or a number")
      .option(
          "mask", po::value(&choices.terms.mask)->value_name("brain|all|FILE")->default_value(choices.terms.mask),
          "voxels to judge: those where the reference is above 2 % of the peak, all, or those that are not 0 in FILE")
      .option("json", po::value(&choices.json_file)->value_name("FILE"), "write the numbers as JSON, too")
      .option("csv", po::value(&choices.csv_file)->value_name("FILE"), "write the numbers as CSV, too")
      .flag("overwrite", &choices.overwrite, "replace FILEs that exist")
      .flag("texture", &choices.terms.texture,
            "compare texture and sharpness, too: the distance of the radial power spectra, the power of fine detail "
            "(above 0.25 cycles per voxel; below 0 dB is smoother), the distance of the gradients")
      .flag("synthesis", &choices.synthesis, "compare two sets of volumes: REF real, TEST synthetic")
      .option("seed", at_least(0, &choices.seed, "--seed")->value_name("S")->default_value(choices.seed),
              "of the draws of --synthesis and --modes, and of the network of --downstream")
      .option("draws", at_least(20, &choices.draws, "--draws")->value_name("N")->default_value(choices.draws),
              "how often --synthesis draws halves of both sets")
      .flag("modes", &choices.modes, "count modes: REF a folder of simulate modes, TEST samples")
      .option(
          "downstream", choice(&choices.downstream, "--downstream", {"none", "tissue", "shape"}),
          "train a small segmentation network on REF and test it on TEST, labelled by a rule: tissue, three classes "
          "of brightness, or shape, of a set of simulate modes")
      .option("downstream-steps",
              at_least(1, &choices.downstream_steps, "--downstream-steps")
                  ->value_name("N")
                  ->default_value(choices.downstream_steps),
              "how long that network is trained")
      .flag("memorisation", &choices.memorisation, "look for copies: REF training volumes, TEST samples")
      .option("holdout", po::value(&choices.held_out)->value_name("DIR"),
              "at least 10 volumes that the generator has never seen, for --memorisation")
      .option("preview", po::value(&choices.preview_file)->value_name("FILE.png"),
              "draw the four closest pairs of --memorisation (sample, training volume, difference), or eight real and "
              "eight synthetic volumes of --synthesis")
      .option("for-model", po::value(&choices.model_folder)->value_name("DIR"),
              "with --memorisation: write copies.json into the folder of the synthesis model, so that synth warns of "
              "copies of TRAIN")
      .option("threads", at_least(1, &choices.threads, "--threads")->value_name("N"),
              "threads of --synthesis, --memorisation, --modes and --downstream; default: OMP_NUM_THREADS, else "
              "SLURM_CPUS_PER_TASK, "
              "else all "
              "cores allowed");
  choices.reading.add_to(arguments);
  arguments.with_progress();
  return arguments;
}

/// Options that belong to another use than the one asked for are misuse, never ignored.
void check_choices(const Choices& choices) {
  const ComparisonTerms defaults;
  const auto only_for = [](bool given, const char* option, const char* use) {
    if (given) fail(ExitCode::usage, option, " is for ", use);
  };
  if (choices.synthesis + choices.memorisation + choices.modes + choices.segments() > 1)
    fail(ExitCode::usage,
         "--synthesis, --memorisation, --modes and --downstream are runs of their own: give one of them");
  if (choices.memorisation && choices.held_out.empty())
    fail(ExitCode::usage, "--memorisation needs --holdout DIR: volumes that the generator has never seen");
  if (choices.synthesis || choices.memorisation || choices.modes || choices.segments()) {
    const char* use = "comparing volumes one by one, without --synthesis, --memorisation, --modes and --downstream";
    only_for(!choices.csv_file.empty(), "--csv", use);
    only_for(choices.terms.peak != defaults.peak, "--peak", use);
    only_for(choices.terms.mask != defaults.mask, "--mask", use);
    only_for(choices.terms.texture, "--texture", use);
  }
  only_for(!choices.memorisation && !choices.held_out.empty(), "--holdout", "--memorisation");
  only_for(!choices.memorisation && !choices.model_folder.empty(), "--for-model", "--memorisation");
  only_for(!choices.memorisation && !choices.synthesis && !choices.preview_file.empty(), "--preview",
           "--synthesis and --memorisation");
  if (choices.terms.peak != "p99.5" && choices.terms.peak != "max") parse_positive("--peak", choices.terms.peak);
}

void evaluate(const Choices& choices, ProgressDisplay& progress) {
  const int threads = static_cast<int>(choices.threads);
  if (choices.synthesis) {
    evaluate_synthesis({choices.reference, choices.test, static_cast<std::uint64_t>(choices.seed),
                        static_cast<std::size_t>(choices.draws), threads, choices.reading.options(), choices.json_file,
                        choices.preview_file, choices.replace()},
                       progress);
  } else if (choices.modes) {
    evaluate_modes({choices.reference, choices.test, static_cast<std::uint64_t>(choices.seed), threads,
                    choices.reading.options(), choices.json_file, choices.replace()},
                   progress);
  } else if (choices.segments()) {
    evaluate_downstream({choices.reference, choices.test, choices.downstream, choices.downstream_steps,
                         static_cast<std::uint64_t>(choices.seed), threads, choices.reading.options(),
                         choices.json_file, choices.replace()},
                        progress);
  } else if (choices.memorisation) {
    evaluate_memorisation({choices.reference, choices.test, choices.held_out, threads, choices.reading.options(),
                           choices.json_file, choices.preview_file, choices.model_folder, choices.replace()},
                          progress);
  } else {
    evaluate_pairs({choices.reference, choices.test, choices.terms, choices.reading.options(), choices.json_file,
                    choices.csv_file, choices.replace()},
                   progress);
  }
}

}  // namespace

int evaluate_command(const Invocation& invocation) {
  Choices choices;
  const Arguments arguments = arguments_for(choices);
  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay& progress) {
    check_choices(choices);
    const std::string copies = choices.model_folder.empty() ? "" : copy_watch_path(choices.model_folder).string();
    check_outputs({choices.json_file, choices.csv_file, choices.preview_file, copies},
                  {choices.reference, choices.test, choices.held_out}, choices.replace());
    evaluate(choices, progress);
  });
}

}  // namespace voxprior
