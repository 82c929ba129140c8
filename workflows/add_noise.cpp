// voxprior add-noise IN OUT: simulated noise of known kind and strength, for experiments.
#include <boost/program_options.hpp>
#include <iostream>

#include "base/error.h"
#include "io/volume_file.h"
#include "workflows/commands.h"
#include "workflows/read_choices.h"
#include "workflows/simulated_noise.h"
#include "workflows/volume_output.h"

namespace voxprior {
namespace po = boost::program_options;
namespace {

const About kAbout{
    "add-noise",
    "add simulated noise of known kind and strength to a volume, for experiments",
    "gaussian: x + sigma n. rician: the magnitude of a complex image with noise sigma in both channels, as in "
    "single-coil\n"
    "MRI. ncchi: the root sum of squares over several coils, non-central chi distributed. ct: Poisson and electronic "
    "noise\n"
    "in the projections of a volume in Hounsfield units, through filtered back-projection. The same seed gives the "
    "same\n"
    "noise on every machine.\n\n"
    "Noise of MRI may vary over the volume (--spread, --sigma-map). With --kept, --partial or --window only a part of\n"
    "k-space is measured or it is weighted, as interpolated and filtered scans are: noise is correlated then, and the\n"
    "image loses resolution. --reference writes what OUT would be without noise: compare results with that.\n\n"
    "OUT is float32 unless --keep-type is given: integers would round weak noise away.",
    {"Gudbjartsson & Patz. The Rician distribution of noisy MRI data. Magn Reson Med 1995; 34:910-914.",
     "Constantinides et al. Signal-to-noise measurements in magnitude images from NMR phased arrays. Magn Reson Med "
     "1997; 38:852-857.",
     "Pruessmann et al. SENSE: sensitivity encoding for fast MRI. Magn Reson Med 1999; 42:952-962.",
     "Gies et al. Dose reduction in CT by anatomically adapted tube current modulation. Med Phys 1999; 26:2235-2247."}};

void store_as_float(StoredForm& stored) {
  stored.type = VoxelType::float32;
  stored.slope = 1;
  stored.intercept = 0;
}

Volume float_volume_like(const Volume& volume, std::vector<float> voxels) {
  Volume other = volume;
  other.voxels = std::move(voxels);
  store_as_float(other.stored);
  return other;
}

}  // namespace

int add_noise_command(const Invocation& invocation) {
  std::string input, output, noise_map, reference;
  NoiseToAdd noise;
  ReadChoices reading;
  bool keep_type = false, overwrite = false;

  Arguments arguments;
  arguments.positional("IN", &input, "volume to read, free of noise if possible")
      .positional("OUT", &output, "volume to write");
  noise.add_to(arguments);
  arguments.option("noise-map", po::value(&noise_map)->value_name("FILE"), "write the sigma of each voxel (not for ct)")
      .option("reference", po::value(&reference)->value_name("FILE"), "write OUT without noise, float32")
      .flag("keep-type", &keep_type, "store OUT in the type of IN, rounded and clipped")
      .flag("overwrite", &overwrite, "replace files that exist");
  reading.add_to(arguments);

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay&) {
    noise.check();
    if (noise.ct() && !noise_map.empty()) fail(ExitCode::usage, "--noise-map: not for --kind ct; see --help");
    for (const std::string& name : {noise_map, reference})
      if (!name.empty()) format_of_name(name);
    VolumeOutput out(kAbout.name, input, output, {noise_map, reference}, overwrite);

    Volume volume = read_volume(input, reading.options());
    WithNoise noisy = noise.to(volume, input, reading.options());
    out.provenance()["noise"] = noisy.record;
    std::cout << noisy.summary << '\n';
    if (!noise_map.empty()) out.extras().write("noise_map", noise_map, float_volume_like(volume, noisy.sigma));
    if (!reference.empty()) out.extras().write("reference", reference, float_volume_like(volume, noisy.reference));
    volume.voxels = std::move(noisy.voxels);
    if (!keep_type) store_as_float(volume.stored);
    out.write_volume(volume);
    out.finish();
  });
}

}  // namespace voxprior
