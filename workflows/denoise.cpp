// voxprior denoise IN OUT: read, compute, write.
#include <algorithm>
#include <boost/program_options.hpp>
#include <cmath>
#include <iostream>

#include "base/error.h"
#include "io/volume_file.h"
#include "workflows/commands.h"
#include "workflows/denoise_folder.h"
#include "workflows/denoising.h"
#include "workflows/platform.h"
#include "workflows/read_choices.h"
#include "workflows/volume_output.h"

namespace voxprior {
namespace po = boost::program_options;
namespace {

const About kAbout{
    "denoise",
    "remove the noise from an MRI or CT volume with a learned denoiser",
    "The strength and kind of the noise are estimated from the volume, then one evaluation of a network gives the mean "
    "of\n"
    "all clean volumes that could be behind the noisy one. Grid, orientation, voxel type and intensity scale stay as "
    "they\n"
    "are. A model of train bridge needs no estimate: it takes the scan as it is, in one step or several "
    "(--sampler).\n\n"
    "Denoise before any interpolation, registration or filtering: the less was done to the noise, the better it is "
    "known.\n"
    "Noise that varies over the volume, and noise that zero-filled or filtered k-space correlated, is seen and removed "
    "as\n"
    "what it is (--sigma-map, --spectrum). Look at the residual (--residual, --preview): it should hold noise and no\n"
    "anatomy. The residual structure that is printed, the correlation of its strength with edges, should be near 0.\n\n"
    "--uncertainty draws samples of those clean volumes and writes how far they differ at each voxel; --data-share "
    "writes\n"
    "where the prior decides rather than the data.\n\n"
    "A JSON file beside OUT (out.nii.gz: out.voxprior.json) says how OUT was made.",
    {"Karras et al. Elucidating the design space of diffusion-based generative models. NeurIPS 2022.",
     "Foi. Noise estimation and removal in MR imaging: the variance-stabilization approach. ISBI 2011."}};

void print_noise(const NoiseLevel& noise) {
  std::cout << "noise: " << name_of(noise.kind) << ", sigma " << noise.sigma
            << (noise.estimated ? " (estimated)" : " (given)");
  if (!noise.map.empty()) {
    const auto [least, greatest] = std::minmax_element(noise.map.begin(), noise.map.end());
    std::cout << ", " << *least << " to " << *greatest << " over the volume";
  }
  if (!noise.filter.keeps_all()) std::cout << ", correlated: " << in_words(noise.filter);
  std::cout << '\n';
}

struct FileToDenoise {
  std::string input, output;
  ReadOptions reading;
  bool overwrite = false;
};

void denoise_file(const FileToDenoise& file, const DenoiseExtras& extras, const DenoiseChoices& choices,
                  ModelOnDemand& model, ProgressDisplay& progress) {
  VolumeOutput out(kAbout.name, file.input, file.output, extras.paths(), file.overwrite);
  progress.stage("reading");
  const Volume noisy = read_volume(file.input, file.reading);

  const Denoised clean = denoise_volume(noisy, choices, model, progress);
  out.provenance().update(clean.record);

  progress.stage("writing");
  Volume result = noisy;
  result.voxels = clean.voxels;
  out.write_volume(result);
  extras.write(noisy, clean, out.extras(), out.provenance());
  progress.finish();
  out.tell(noisy.notices);
  out.tell(clean.notices);
  print_noise(clean.noise);
  if (clean.structure) std::cout << "residual structure: " << std::round(1000 * *clean.structure) / 1000 << '\n';
  for (const std::string& line : clean.uncertainty.lines) std::cout << line << '\n';
  out.finish();
}

}  // namespace

int denoise_command(const Invocation& invocation) {
  std::string input, output, model, noise_kind, sigma, sigma_map, spectrum, mirrors;
  long long memory_mb = 0, tile = 0, threads = 0;
  bool overwrite = false;
  DenoiseChoices choices;
  SessionOptions session;
  ReadChoices reading;
  FolderToDenoise folder;

  Arguments arguments;
  arguments.positional("IN", &input, "noisy volume: .nii, .nii.gz, .nrrd or .mha; or a DICOM folder, file or DICOMDIR")
      .positional("OUT", &output, "volume to write; the ending chooses the format; for DICOM a folder");
  arguments
      .option("model", po::value(&model)->value_name("NAME|FILE")->default_value("auto"),
              "an installed model, or a model file; auto: ct for CT, mri-t1 for anything else")
      .option("noise", choice(&noise_kind, "--noise", {"auto", "gaussian", "rician"}), "distribution of the noise")
      .option("sigma", po::value(&sigma)->value_name("auto|S")->default_value("auto"),
              "standard deviation of the noise in each real channel, in the input's units")
      .option(
          "sigma-map", po::value(&sigma_map)->value_name("auto|none|FILE")->default_value("auto"),
          "sigma for each voxel: a volume on the grid of IN; auto: estimated, and used where it clearly varies; none: "
          "one sigma for all")
      .option("spectrum", po::value(&spectrum)->value_name("auto|white|SHARES[/TAPERS]")->default_value("auto"),
              "what correlates the noise: the shares of k-space that were measured along i, j, k and the weights "
              "1 - t + t cos over them (Hamming 0.46, Hann 0.5), as in 0.7,0.7,1/0.46; not looked for in CT")
      .option("strength", po::value(&choices.strength)->value_name("0..1")->default_value(1),
              "a dose: 1 - strength of the noise is left, for every model and kind of noise; a denoiser applies that "
              "share of its change, a bridge stops there on its path");
  choices.bridge.add_to(arguments);
  folder.extras.add_to(arguments);
  arguments
      .option("memory", at_least(1, &memory_mb, "--memory")->value_name("MB"),
              "use no more memory; default: half of what is free")
      .option("tile", at_least(8, &tile, "--tile")->value_name("N"),
              "work in tiles of N voxels a side; the result is the same; default: as large as memory allows")
      .option("threads", at_least(1, &threads, "--threads")->value_name("N"),
              "threads to compute with; default: OMP_NUM_THREADS, else SLURM_CPUS_PER_TASK, else all cores allowed")
      .option("mirrors", choice(&mirrors, "--mirrors", {"2", "1", "4", "8"}),
              "average the estimate over so many mirror images of the volume: better, and as many times slower")
      .option("precision", choice(&session.precision, "--precision", {"float32", "bfloat16", "auto"}),
              "numbers of the network's inner layers; auto: bfloat16 where the processor or GPU computes in it, twice "
              "as fast")
      .option("device", choice(&session.device, "--device", {"auto", "cpu", "cuda"}), "where to compute")
      .flag("force", &choices.force, "denoise a volume that does not look like what the model is for")
      .flag("overwrite", &overwrite, "replace files that exist");
  reading.add_to(arguments);
  folder.dicom.add_to(arguments);
  arguments.flag("keep-private", &folder.keep_private,
                 "keep the private attributes of a DICOM series, which may hold anything");
  arguments.with_progress();

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay& progress) {
    choices.uncertainty = folder.extras.uncertainty();
    choices.volume_name = input;
    choices.noise = parse_noise_choice(noise_kind, sigma, sigma_map, spectrum);
    if (!(choices.strength >= 0 && choices.strength <= 1)) fail(ExitCode::usage, "--strength: must be between 0 and 1");
    choices.memory_bytes = memory_mb > 0 ? 1e6 * static_cast<double>(memory_mb) : free_memory_bytes() / 2;
    choices.tile = tile;
    session.mirrors = std::stoi(mirrors);
    session.threads = compute_threads(static_cast<int>(threads));
    ModelOnDemand loaded(session, model);
    folder.extras.check(loaded.is_bridge());
    choices.bridge.check(loaded.is_bridge(), choices.noise);
    choices.bridge.use_seed(folder.extras.seed());
    if (leads_to_dicom(input)) {
      folder.input = input;
      folder.output = output;
      folder.reading = reading.options();
      folder.overwrite = overwrite;
      denoise_folder(folder, choices, loaded, progress);
    } else {
      folder.dicom.refuse_beside_file(input);
      if (folder.keep_private) refuse_beside_file(input, "--keep-private");
      denoise_file({input, output, reading.options(), overwrite}, folder.extras, choices, loaded, progress);
    }
  });
}

}  // namespace voxprior
