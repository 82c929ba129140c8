// voxprior denoise IN OUT: read, compute, write.
#include <algorithm>
#include <cmath>
#include <iostream>

#include "base/error.h"
#include "io/volume_file.h"
#include "workflows/commands.h"
#include "workflows/denoise_folder.h"
#include "workflows/denoise_options.h"
#include "workflows/denoising.h"
#include "workflows/platform.h"
#include "workflows/read_choices.h"
#include "workflows/volume_output.h"

namespace voxprior {
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
  std::string input, output;
  bool overwrite = false;
  DenoiseOptions options;
  ReadChoices reading;
  FolderToDenoise folder;

  Arguments arguments;
  arguments.positional("IN", &input, "noisy volume: .nii, .nii.gz, .nrrd or .mha; or a DICOM folder, file or DICOMDIR")
      .positional("OUT", &output, "volume to write; the ending chooses the format; for DICOM a folder");
  options.add_to(arguments);
  folder.extras.add_to(arguments);
  options.add_resources_to(arguments, "half of what is free");
  arguments.flag("overwrite", &overwrite, "replace files that exist");
  reading.add_to(arguments);
  folder.dicom.add_to(arguments);
  arguments.flag("keep-private", &folder.keep_private,
                 "keep the private attributes of a DICOM series, which may hold anything");
  arguments.with_progress();

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay& progress) {
    DenoiseChoices choices = options.choices(free_memory_bytes() / 2);
    choices.uncertainty = folder.extras.uncertainty();
    choices.volume_name = input;
    ModelOnDemand model(options.session(), options.model());
    folder.extras.check(model.is_bridge());
    choices.bridge.check(model.is_bridge(), choices.noise);
    choices.bridge.use_seed(folder.extras.seed());
    if (leads_to_dicom(input)) {
      folder.input = input;
      folder.output = output;
      folder.reading = reading.options();
      folder.overwrite = overwrite;
      denoise_folder(folder, choices, model, progress);
    } else {
      folder.dicom.refuse_beside_file(input);
      if (folder.keep_private) refuse_beside_file(input, "--keep-private");
      denoise_file({input, output, reading.options(), overwrite}, folder.extras, choices, model, progress);
    }
  });
}

}  // namespace voxprior
