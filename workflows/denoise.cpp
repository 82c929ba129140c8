// voxprior denoise IN OUT: read, compute, write.
#include <boost/program_options.hpp>
#include <iostream>

#include "base/error.h"
#include "io/volume_file.h"
#include "workflows/commands.h"
#include "workflows/denoise_folder.h"
#include "workflows/denoising.h"
#include "workflows/installed_models.h"
#include "workflows/platform.h"
#include "workflows/preview.h"
#include "workflows/read_choices.h"
#include "workflows/statistics.h"
#include "workflows/volume_output.h"

namespace voxprior {
namespace po = boost::program_options;
namespace {

const About kAbout{
    "denoise",
    "remove the noise from an MRI volume with a learned denoiser",
    "The strength and kind of the noise are estimated from the volume, then one evaluation of a network gives the mean "
    "of\n"
    "all clean volumes that could be behind the noisy one. Grid, orientation, voxel type and intensity scale stay as "
    "they\n"
    "are.\n\n"
    "Denoise before any interpolation, registration or filtering: resampled noise is no longer white, and the model "
    "was\n"
    "trained on white noise. Look at the residual (--residual, --preview): it should hold noise and no anatomy.\n\n"
    "A JSON file beside OUT (out.nii.gz: out.voxprior.json) says how OUT was made.",
    {"Karras et al. Elucidating the design space of diffusion-based generative models. NeurIPS 2022.",
     "Foi. Noise estimation and removal in MR imaging: the variance-stabilization approach. ISBI 2011."}};

struct ExtraFiles {
  std::string residual, noise_map, preview;
};

void check_names(const ExtraFiles& extras) {
  for (const std::string& name : {extras.residual, extras.noise_map}) {
    if (!name.empty()) format_of_name(name);
  }
  if (!extras.preview.empty() && std::filesystem::path(extras.preview).extension() != ".png") {
    fail(ExitCode::usage, "--preview: ", extras.preview, " does not end in .png");
  }
}

/// A volume of other numbers on the same grid, stored as float32.
Volume float_volume_like(const Volume& volume, std::vector<float> voxels) {
  Volume other = volume;
  other.voxels = std::move(voxels);
  other.stored.type = VoxelType::float32;
  other.stored.slope = 1;
  other.stored.intercept = 0;
  return other;
}

std::vector<float> difference(const std::vector<float>& a, const std::vector<float>& b) {
  std::vector<float> result(a.size());
  std::transform(a.begin(), a.end(), b.begin(), result.begin(), std::minus<float>());
  return result;
}

void write_preview(VolumeOutput& out, const std::string& file, const Volume& noisy, const Denoised& clean) {
  if (file.empty()) return;
  PreviewWindow window;
  window.white = std::max(nonzero_percentile(noisy.voxels, 99.5), 1e-30);
  window.residual_limit = clean.noise.sigma > 0 ? 3 * clean.noise.sigma : window.white;
  out.provenance()["preview"] = {
      {"black", window.black}, {"white", window.white}, {"residual_limit", window.residual_limit}};
  out.write_extra("preview", file, draw_preview(noisy, clean.voxels, window));
}

void write_results(VolumeOutput& out, const ExtraFiles& extras, const Volume& noisy, const Denoised& clean) {
  Volume volume = noisy;
  volume.voxels = clean.voxels;
  out.write_volume(volume);
  if (!extras.residual.empty()) {
    out.write_extra("residual", extras.residual, float_volume_like(noisy, difference(noisy.voxels, clean.voxels)));
  }
  if (!extras.noise_map.empty()) {
    const std::vector<float> sigma(noisy.voxels.size(), static_cast<float>(clean.noise.sigma));
    out.write_extra("noise_map", extras.noise_map, float_volume_like(noisy, sigma));
  }
  write_preview(out, extras.preview, noisy, clean);
}

void print_noise(const NoiseLevel& noise) {
  std::cout << "noise: " << name_of(noise.kind) << ", sigma " << noise.sigma
            << (noise.estimated ? " (estimated)\n" : " (given)\n");
}

}  // namespace

int denoise_command(const Invocation& invocation) {
  std::string input, output, model, noise_kind, sigma, mirrors;
  long long memory_mb = 0, tile = 0, threads = 0;
  bool overwrite = false;
  ExtraFiles extras;
  DenoiseChoices choices;
  ReadChoices reading;
  FolderToDenoise folder;

  Arguments arguments;
  arguments.positional("IN", &input, "noisy volume: .nii, .nii.gz, .nrrd or .mha; or a DICOM folder, file or DICOMDIR")
      .positional("OUT", &output, "volume to write; the ending chooses the format; for DICOM a folder");
  arguments
      .option("model", po::value(&model)->value_name("NAME|FILE")->default_value("mri-t1"),
              "an installed model, or a model file")
      .option("noise", choice(&noise_kind, "--noise", {"auto", "gaussian", "rician"}), "distribution of the noise")
      .option("sigma", po::value(&sigma)->value_name("auto|S")->default_value("auto"),
              "standard deviation of the noise in each real channel, in the input's units")
      .option("noise-map", po::value(&extras.noise_map)->value_name("FILE"),
              "write the sigma that was removed, for each voxel")
      .option("residual", po::value(&extras.residual)->value_name("FILE"), "write IN - OUT")
      .option("preview", po::value(&extras.preview)->value_name("FILE.png"),
              "write a picture: three planes of before, after and residual (grey is 0, black and white are 3 sigma)")
      .option("memory", at_least(1, &memory_mb, "--memory")->value_name("MB"),
              "use no more memory; default: half of what is free")
      .option("tile", at_least(8, &tile, "--tile")->value_name("N"),
              "work in tiles of N voxels a side; the result is the same; default: as large as memory allows")
      .option("threads", at_least(1, &threads, "--threads")->value_name("N"),
              "threads to compute with; default: OMP_NUM_THREADS, else SLURM_CPUS_PER_TASK, else all cores allowed")
      .option("mirrors", choice(&mirrors, "--mirrors", {"2", "1", "4", "8"}),
              "average the estimate over so many mirror images of the volume: better, and as many times slower")
      .option("precision", choice(&choices.session.precision, "--precision", {"float32", "bfloat16", "auto"}),
              "numbers of the network's inner layers; auto: bfloat16 where the processor or GPU computes in it, twice "
              "as fast")
      .option("device", choice(&choices.session.device, "--device", {"auto", "cpu", "cuda"}), "where to compute")
      .flag("force", &choices.force, "denoise a volume that does not look like what the model is for")
      .flag("overwrite", &overwrite, "replace files that exist");
  reading.add_to(arguments);
  folder.dicom.add_to(arguments);
  arguments.flag("keep-private", &folder.keep_private,
                 "keep the private attributes of a DICOM series, which may hold anything");
  arguments.with_progress();

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay& progress) {
    check_names(extras);
    choices.volume_name = input;
    choices.noise = parse_noise_choice(noise_kind, sigma);
    choices.memory_bytes = memory_mb > 0 ? 1e6 * static_cast<double>(memory_mb) : free_memory_bytes() / 2;
    choices.tile = tile;
    choices.session.mirrors = std::stoi(mirrors);
    choices.session.threads = compute_threads(static_cast<int>(threads));
    if (leads_to_dicom(input)) {
      if (!extras.residual.empty() || !extras.noise_map.empty() || !extras.preview.empty()) {
        fail(ExitCode::usage, "--residual, --noise-map and --preview are for single files; convert the series first");
      }
      choices.session.model_file = find_model(model).string();
      folder.input = input;
      folder.output = output;
      folder.reading = reading.options();
      folder.overwrite = overwrite;
      denoise_folder(folder, choices, progress);
      return;
    }
    VolumeOutput out(kAbout.name, input, output, {extras.residual, extras.noise_map, extras.preview}, overwrite);
    choices.session.model_file = find_model(model).string();

    progress.stage("reading");
    const Volume noisy = read_volume(input, reading.options());

    const Denoised clean = denoise_volume(noisy, choices, progress);
    out.provenance().update(clean.record);

    progress.stage("writing");
    write_results(out, extras, noisy, clean);
    progress.finish();
    out.tell(noisy.notices);
    out.tell(clean.notices);
    print_noise(clean.noise);
    out.finish();
  });
}

}  // namespace voxprior
