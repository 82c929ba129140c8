// voxprior add-noise IN OUT: simulated MRI noise of known kind and strength, for experiments.
#include <boost/program_options.hpp>
#include <iostream>

#include "base/error.h"
#include "io/volume_file.h"
#include "pipeline/noise/simulate.h"
#include "workflows/commands.h"
#include "workflows/read_choices.h"
#include "workflows/statistics.h"
#include "workflows/volume_output.h"

namespace voxprior {
namespace po = boost::program_options;
namespace {

const About kAbout{
    "add-noise",
    "add simulated noise of known strength to a volume, for experiments",
    "gaussian: x + sigma n. rician: the magnitude of a complex image with noise sigma in both channels, as in "
    "single-coil\n"
    "MRI. ncchi: the root sum of squares over several coils, non-central chi distributed. The same seed gives the "
    "same\n"
    "noise on every machine.\n\n"
    "OUT is float32 unless --keep-type is given: integers would round weak noise away.",
    {"Gudbjartsson & Patz. The Rician distribution of noisy MRI data. Magn Reson Med 1995; 34:910-914.",
     "Constantinides et al. Signal-to-noise measurements in magnitude images from NMR phased arrays. Magn Reson Med "
     "1997; 38:852-857."}};

struct NoiseChoices {
  std::string kind;
  long long coils = 1;
  long long seed = 0;
  double sigma = 0;    ///< 0: given as a percentage
  double percent = 0;  ///< 0: given as sigma
};

double sigma_of(const NoiseChoices& noise, const Volume& volume) {
  return noise.sigma > 0 ? noise.sigma : noise.percent / 100 * nonzero_percentile(volume.voxels, 99.5);
}

void add_noise(const NoiseChoices& noise, double sigma, std::vector<float>& voxels) {
  const auto seed = static_cast<std::uint64_t>(noise.seed);
  if (noise.kind == "gaussian") add_gaussian_noise(voxels.data(), voxels.size(), sigma, seed);
  if (noise.kind == "rician") add_rician_noise(voxels.data(), voxels.size(), sigma, seed);
  if (noise.kind == "ncchi") {
    add_noncentral_chi_noise(voxels.data(), voxels.size(), sigma, static_cast<int>(noise.coils), seed);
  }
}

void store_as_float(StoredForm& stored) {
  stored.type = VoxelType::float32;
  stored.slope = 1;
  stored.intercept = 0;
}

}  // namespace

int add_noise_command(const Invocation& invocation) {
  std::string input, output;
  NoiseChoices noise;
  ReadChoices reading;
  bool keep_type = false, overwrite = false;

  Arguments arguments;
  arguments.positional("IN", &input, "volume to read, free of noise if possible")
      .positional("OUT", &output, "volume to write");
  arguments.option("kind", choice(&noise.kind, "--kind", {"gaussian", "rician", "ncchi"}), "distribution of the noise")
      .option("coils", at_least(1, &noise.coils, "--coils")->value_name("N")->default_value(1),
              "number of coils, for ncchi")
      .option("sigma", positive(&noise.sigma, "--sigma")->value_name("S"),
              "standard deviation of the noise in each real channel, in the input's units")
      .option("percent", positive(&noise.percent, "--percent")->value_name("P"),
              "the same, in percent of the 99.5th percentile of the non-zero voxels")
      .option("seed", at_least(0, &noise.seed, "--seed")->value_name("N")->default_value(0), "which noise to draw")
      .flag("keep-type", &keep_type, "store OUT in the type of IN, rounded and clipped")
      .flag("overwrite", &overwrite, "replace OUT if it exists");
  reading.add_to(arguments);

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay&) {
    if ((noise.sigma > 0) == (noise.percent > 0)) fail(ExitCode::usage, "give either --sigma or --percent; see --help");
    if (noise.coils > 1 && noise.kind != "ncchi") fail(ExitCode::usage, "--coils: only for --kind ncchi; see --help");
    VolumeOutput out(kAbout.name, input, output, {}, overwrite);

    Volume volume = read_volume(input, reading.options());
    const double sigma = sigma_of(noise, volume);
    add_noise(noise, sigma, volume.voxels);
    if (!keep_type) store_as_float(volume.stored);

    out.provenance()["noise"] = {{"kind", noise.kind}, {"coils", noise.coils}, {"sigma", sigma}, {"seed", noise.seed}};
    std::cout << "noise: " << noise.kind << ", sigma " << sigma << '\n';
    out.write_volume(volume);
    out.finish();
  });
}

}  // namespace voxprior
