// voxprior simulate mri IN OUT: raw data of a scan that never was, with the truth beside them.
#include <algorithm>
#include <boost/program_options.hpp>
#include <cmath>
#include <iostream>

#include "base/error.h"
#include "base/version.h"
#include "io/raw/cfl.h"
#include "io/raw/kspace.h"
#include "io/volume_file.h"
#include "io/volume_or_slice.h"
#include "pipeline/noise/random.h"
#include "pipeline/sampling/cartesian_masks.h"
#include "pipeline/sampling/coil_maps.h"
#include "pipeline/sampling/radial.h"
#include "workflows/commands.h"
#include "workflows/compute/simulate.h"
#include "workflows/files.h"
#include "workflows/platform.h"
#include "workflows/provenance.h"
#include "workflows/read_choices.h"
#include "workflows/statistics.h"
#include "workflows/written_files.h"

namespace voxprior {
namespace po = boost::program_options;
namespace fs = std::filesystem;
namespace {

using Complex = std::complex<float>;

const About kAbout{
    "simulate mri",
    "make multi-coil MRI raw data out of a volume, for experiments in reconstruction",
    "The volume gets a smooth phase and is seen by coils on a ring around its k axis; its Fourier transform is sampled "
    "in\n"
    "whole readouts along i, at some of the phase encodings j and k, or along spokes through the centre, and white "
    "noise\n"
    "is added. All of it is drawn from the seed: the same command gives the same data on every machine.\n\n"
    "The ending of OUT chooses the format: .h5 (ISMRMRD, with noise scan and geometry), .npy (numpy) or .cfl (BART).\n"
    "Beside scan.h5 come scan.maps.npy, the coils' sensitivities, scan.mask.npy, what was sampled, or\n"
    "scan.trajectory.npy, scan.truth.nii.gz, and scan.voxprior.json; arrays are .cfl where OUT is. docs/raw-data.md\n"
    "describes the layouts.",
    {"Inati et al. ISMRM Raw data format: a proposed standard for MRI raw datasets. Magn Reson Med 2017; 77:411-421."}};

struct Choices {
  std::string mask;
  double acceleration = 4, noise_percent = 0;
  long long calibration = -1, coils = 8, seed = 0;  // calibration -1: chosen by the size

  bool radial() const { return mask == "radial"; }
};

/// The files of a simulation: arrays are BART's where the k-space is, else numpy's.
struct Names {
  Names(const fs::path& out, bool radial) : kspace(out), stem(fs::path(out).replace_extension()) {
    const char* const ending = raw_format_of(out) == RawFormat::cfl ? ".cfl" : ".npy";
    (maps = stem) += std::string(".maps") + ending;
    (sampling = stem) += (radial ? ".trajectory" : ".mask") + std::string(ending);
    (truth = stem) += ".truth.nii.gz";
  }
  fs::path kspace, stem, maps, sampling, truth;  // sampling: the mask or the trajectory
  std::vector<fs::path> all() const {
    std::vector<fs::path> files{truth, sidecar_path(stem)};
    for (const fs::path& array : {kspace, maps, sampling}) {
      const std::vector<fs::path> its = files_of(array);
      files.insert(files.end(), its.begin(), its.end());
    }
    return files;
  }
  /// The files of an array: one, or BART's two.
  static std::vector<fs::path> files_of(const fs::path& array) {
    return raw_format_of(array) == RawFormat::cfl ? cfl_pair(array) : std::vector<fs::path>{array};
  }
};

/// What was asked for, or 24 if that is no more than a third of the samples.
long long calibration_of(const Choices& choices, const Geometry& grid) {
  if (choices.calibration >= 0) return choices.calibration;
  const double lines = static_cast<double>(grid.size[1]), partitions = static_cast<double>(grid.size[2]);
  const double third = (choices.mask == "lines" ? lines : lines * partitions) / choices.acceleration / 3;
  return static_cast<long long>(std::min(24., choices.mask == "lines" ? third : std::sqrt(third)));
}

std::vector<std::uint8_t> phase_encodings(const Choices& choices, const Geometry& grid) {
  const MaskRequest request{grid.size[1], grid.size[2], choices.acceleration, calibration_of(choices, grid),
                            static_cast<std::uint64_t>(choices.seed)};
  if (choices.mask == "lines") return variable_density_lines(request);
  if (choices.mask == "points") return variable_density_points(request);
  if (choices.mask == "full")
    return std::vector<std::uint8_t>(static_cast<std::size_t>(grid.size[1] * grid.size[2]), 1);
  return poisson_disc_points(request);
}

/// As many spokes as a Cartesian scan of that acceleration has lines.
std::int64_t spokes_of(const Choices& choices, const Geometry& grid) {
  const double lines = static_cast<double>(grid.voxel_count()) / static_cast<double>(samples_per_spoke(grid.size));
  return std::max<std::int64_t>(1, std::llround(lines / choices.acceleration));
}

MriScan scan_of(const Volume& volume, const Choices& choices, int threads) {
  MriScan scan;
  scan.size_ijk = volume.geometry.size;
  scan.coils = choices.coils;
  scan.threads = threads;
  if (choices.radial())
    scan.trajectory = golden_radial(scan.size_ijk, spokes_of(choices, volume.geometry));
  else
    for (const std::uint8_t whole : phase_encodings(choices, volume.geometry))
      scan.sampled.insert(scan.sampled.end(), static_cast<std::size_t>(scan.size_ijk[0]), whole);
  scan.maps = ring_of_coils(scan.size_ijk, scan.coils);
  const std::vector<float> phase = smooth_phase(scan.size_ijk);
  for (std::size_t n = 0; n < phase.size(); ++n)
    scan.image.push_back(volume.voxels[n] * Complex(std::cos(phase[n]), std::sin(phase[n])));
  return scan;
}

/// Of the lines that a full Cartesian scan has, one in so many.
double acceleration_of(const MriScan& scan) {
  if (!scan.trajectory.empty())
    return 3 * static_cast<double>(scan.image.size()) / static_cast<double>(scan.trajectory.size());
  double sampled = 0;
  for (const std::uint8_t one : scan.sampled) sampled += one;
  return static_cast<double>(scan.sampled.size()) / sampled;
}

/// `count` complex numbers whose parts have standard deviation sigma.
std::vector<Complex> complex_noise(std::size_t count, double sigma, std::uint64_t seed, std::uint64_t stream) {
  std::vector<Complex> noise(count);
  fill_gaussian(reinterpret_cast<float*>(noise.data()), 2 * count, seed, stream);
  for (Complex& value : noise) value *= static_cast<float>(sigma);
  return noise;
}

KSpace measure(const MriScan& scan, const Geometry& grid, double sigma, std::uint64_t seed) {
  constexpr std::size_t kNoiseSamples = 4096;
  KSpace kspace;
  kspace.coils = scan.coils;
  kspace.grid = grid;
  kspace.placed = true;
  kspace.shown = grid.size;
  kspace.sampled = scan.sampled;
  kspace.trajectory = scan.trajectory;
  if (!kspace.on_grid()) kspace.readout_length = samples_per_spoke(scan.size_ijk);
  kspace.samples = simulate_kspace(scan);
  if (sigma == 0) return kspace;
  const std::vector<Complex> noise = complex_noise(kspace.samples.size(), sigma, seed, 1);
  for (std::size_t n = 0; n < noise.size(); ++n)
    if (!kspace.on_grid() || scan.sampled[n % scan.sampled.size()] != 0) kspace.samples[n] += noise[n];
  kspace.noise = complex_noise(kNoiseSamples * static_cast<std::size_t>(scan.coils), sigma, seed, 2);
  return kspace;
}

void write(const fs::path& path, const NumberArray& array, Overwrite overwrite, WrittenFiles& written) {
  write_array(path, array, overwrite);
  for (const fs::path& file : Names::files_of(path)) written.add(file);
}

void write_beside(const Names& names, const MriScan& scan, const Volume& volume, Overwrite overwrite,
                  WrittenFiles& written) {
  const auto& [i, j, k] = scan.size_ijk;
  write(names.maps, {NumberArray::Kind::complex, {scan.coils, k, j, i}, scan.maps}, overwrite, written);
  if (scan.trajectory.empty()) {
    const std::vector<Complex> mask(scan.sampled.begin(), scan.sampled.end());
    write(names.sampling, {NumberArray::Kind::boolean, {k, j, i}, mask}, overwrite, written);
  } else {
    const std::int64_t length = samples_per_spoke(scan.size_ijk);
    const std::int64_t spokes = static_cast<std::int64_t>(scan.trajectory.size()) / 3 / length;
    const std::vector<Complex> positions(scan.trajectory.begin(), scan.trajectory.end());
    write(names.sampling, {NumberArray::Kind::real, {spokes, length, 3}, positions}, overwrite, written);
  }
  Volume truth = volume;
  truth.stored = {};
  write_volume(names.truth, truth, {overwrite, std::string("voxprior ") + version() + " simulate mri, the truth"});
  written.add(names.truth);
}

}  // namespace

int simulate_mri_command(const Invocation& invocation) {
  std::string input, output;
  Choices choices;
  ReadChoices reading;
  long long threads = 0;
  bool overwrite = false;

  Arguments arguments;
  arguments.positional("IN", &input, "volume to measure, free of noise if possible")
      .positional("OUT", &output, "raw data to write: .h5, .npy or .cfl");
  arguments
      .option("mask", choice(&choices.mask, "--mask", {"poisson", "points", "lines", "full", "radial"}),
              "what is sampled: Poisson discs or random points in j and k, whole lines j (denser in the middle, all "
              "three), everything, or, off the grid, spokes through the centre of k-space at golden angles")
      .option("acceleration",
              positive(&choices.acceleration, "--acceleration")->value_name("R")->default_value(choices.acceleration),
              "one phase encoding in R is sampled, the calibration region counted in; or as many spokes")
      .option("calibration", at_least(0, &choices.calibration, "--calibration")->value_name("N"),
              "phase encodings around the centre of k-space, in each direction, that are all sampled; default: 24, or "
              "less, so that they are no more than a third of the samples")
      .option("coils", at_least(1, &choices.coils, "--coils")->value_name("N")->default_value(choices.coils),
              "number of receiver coils")
      .option("noise", po::value(&choices.noise_percent)->value_name("P")->default_value(choices.noise_percent),
              "noise in each real channel of each coil, in percent of the volume's 99.5th percentile")
      .option("seed", at_least(0, &choices.seed, "--seed")->value_name("S")->default_value(0),
              "which mask and noise to draw")
      .option("threads", at_least(1, &threads, "--threads")->value_name("N"),
              "threads to compute with; default: OMP_NUM_THREADS, else SLURM_CPUS_PER_TASK, else all cores allowed")
      .flag("overwrite", &overwrite, "replace files that exist");
  reading.add_to(arguments);
  arguments.with_progress();

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay& progress) {
    if (!(choices.noise_percent >= 0 && choices.noise_percent <= 1e4))
      fail(ExitCode::usage, "--noise: must be a percentage of 0 or more");
    if (choices.acceleration < 1) fail(ExitCode::usage, "--acceleration: must be 1 or more");
    const Overwrite replace = overwrite ? Overwrite::yes : Overwrite::no;
    if (choices.radial() && choices.calibration >= 0)
      fail(ExitCode::usage, "--calibration: every spoke passes the centre of k-space; leave it out with --mask radial");
    const Names names(output, choices.radial());
    check_readable(input);
    check_outputs(names.all(), {input}, replace);

    progress.stage("reading");
    const Volume volume = read_volume_or_slice(input, reading.options());
    Provenance provenance(kAbout.name);
    provenance.add_input("volume", input);

    progress.stage("simulating");
    const MriScan scan = scan_of(volume, choices, compute_threads(static_cast<int>(threads)));
    const double sigma = choices.noise_percent / 100 * nonzero_percentile(volume.voxels, 99.5);
    const KSpace kspace = measure(scan, volume.geometry, sigma, static_cast<std::uint64_t>(choices.seed));

    progress.stage("writing");
    WrittenFiles written;
    write_beside(names, scan, volume, replace, written);
    write_kspace(names.kspace, kspace, replace);
    for (const fs::path& file : Names::files_of(names.kspace)) written.add(file);

    const double acceleration = acceleration_of(scan);
    provenance["simulation"] = {{"mask", choices.mask},
                                {"acceleration", acceleration},
                                {"calibration", choices.radial() ? 0 : calibration_of(choices, volume.geometry)},
                                {"coils", choices.coils},
                                {"sigma", sigma},
                                {"seed", choices.seed}};
    provenance.add_output("kspace", names.kspace);
    provenance.add_output("maps", names.maps);
    provenance.add_output(choices.radial() ? "trajectory" : "mask", names.sampling);
    provenance.add_output("truth", names.truth);
    provenance.write_beside(names.stem, replace);
    written.keep();
    progress.finish();
    std::cout << "sampled: one phase encoding in " << acceleration << (choices.radial() ? ", as spokes" : "")
              << "\nnoise: sigma " << sigma << "\nwrote " << names.kspace.string() << '\n';
  });
}

}  // namespace voxprior
