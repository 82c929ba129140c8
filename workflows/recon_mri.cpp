// voxprior recon mri IN OUT: an image out of multi-coil k-space.
#include <algorithm>
#include <boost/program_options.hpp>
#include <cstdio>
#include <iostream>

#include "base/error.h"
#include "io/raw/kspace.h"
#include "io/raw/trajectory.h"
#include "io/volume_file.h"
#include "io/volume_or_slice.h"
#include "workflows/commands.h"
#include "workflows/recon_choices.h"
#include "workflows/recon_output.h"

namespace voxprior {
namespace po = boost::program_options;
namespace fs = std::filesystem;
namespace {

using Complex = std::complex<float>;

const About kAbout{
    "recon mri",
    "reconstruct an MRI image from multi-coil k-space with a learned prior",
    "IN holds raw data of a volume or a slice: .h5 (ISMRMRD), .npy (numpy) or .cfl (BART), sampled on the Cartesian\n"
    "grid or along any trajectory. OUT is the magnitude of the image, as a volume or a folder of DICOM files.\n\n"
    "The coils' sensitivities come from --maps, else from the centre of k-space (ESPIRiT). ISMRMRD files say where "
    "the\n"
    "image lies; for the others --like or --spacing does. A noise scan in the file is used to whiten the coils.\n\n"
    "The prior fills in what was not measured. It has seen healthy volunteers: look at the data consistency that is\n"
    "printed, and compare with --method cg, which has no prior, before you believe a detail.",
    {"Pruessmann et al. SENSE: sensitivity encoding for fast MRI. Magn Reson Med 1999; 42:952-962.",
     "Uecker et al. ESPIRiT: an eigenvalue approach to autocalibrating parallel MRI. Magn Reson Med 2014; 71:990-1001.",
     "Zhang et al. Plug-and-play image restoration with deep denoiser prior. IEEE Trans Pattern Anal 2021; "
     "44:6360-6376."}};

struct Choices {
  std::string maps, mask, trajectory, like, spacing, select;
  long long max_samples = RawLimits().max_samples, coils = 12;
  double sigma = 0;
};

/// "slice=3,contrast=0" -> the selection.
KSpaceSelection parse_selection(const std::string& text) {
  KSpaceSelection selection;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string part = text.substr(at, end - at);
    char name[32] = {};
    int value = 0, used = 0;
    if (std::sscanf(part.c_str(), "%31[a-z]=%d%n", name, &value, &used) != 2 || used != static_cast<int>(part.size()) ||
        value < 0 || !selection.emplace(name, value).second)
      fail(ExitCode::usage, "--select: '", text, "' is not like slice=3 or slice=3,contrast=0");
    at = end + 1;
  }
  return selection;
}

std::array<double, 3> parse_spacing(const std::string& text) {
  std::array<double, 3> mm{};
  int used = 0;
  const int found = std::sscanf(text.c_str(), "%lfx%lfx%lf%n", &mm[0], &mm[1], &mm[2], &used);
  if (found != 3 || used != static_cast<int>(text.size()) || !(*std::min_element(mm.begin(), mm.end()) > 0) ||
      !(*std::max_element(mm.begin(), mm.end()) < 1e4))
    fail(ExitCode::usage, "--spacing: '", text, "' is not like 1x1x1.5, millimetres along readout and phases");
  return mm;
}

/// Where the image lies, for files that do not say it.
void place(const Choices& choices, const fs::path& input, KSpace& kspace) {
  if (kspace.placed && !(choices.like.empty() && choices.spacing.empty()))
    fail(ExitCode::usage, "--like, --spacing: ", input, " says itself where its image lies");
  if (!choices.like.empty()) {
    const Geometry grid = read_volume_or_slice(choices.like).geometry;
    if (grid.size != kspace.grid.size)
      fail(ExitCode::input, choices.like, ": has ", grid.size[0], " x ", grid.size[1], " x ", grid.size[2],
           " voxels, the k-space of ", input, " has ", kspace.grid.size[0], " x ", kspace.grid.size[1], " x ",
           kspace.grid.size[2]);
    kspace.grid = grid;
  } else if (!choices.spacing.empty()) {
    kspace.grid.spacing_mm = parse_spacing(choices.spacing);
  } else if (!kspace.placed) {
    kspace.notices.push_back("nothing says how large voxels are: 1 mm assumed; give --spacing or --like");
  }
}

/// From one file, or from samples and trajectory in two.
KSpace read_input(const Choices& choices, const fs::path& input, const RawLimits& limits) {
  if (choices.trajectory.empty()) return read_kspace(input, parse_selection(choices.select), limits);
  if (!choices.select.empty())
    fail(ExitCode::usage, "--select: only ISMRMRD files hold more than one scan; see --help");
  std::array<std::int64_t, 3> size{};
  if (!choices.like.empty()) size = read_volume_or_slice(choices.like).geometry.size;
  KSpace kspace = kspace_from_arrays(input, read_array(input, limits), choices.trajectory,
                                     read_array(choices.trajectory, limits), size);
  refuse_without_samples(input, kspace);
  return kspace;
}

/// [coil, k, j, i], or without k for a slice, of the k-space's sizes.
std::vector<Complex> read_maps(const fs::path& path, const KSpace& kspace, const RawLimits& limits) {
  NumberArray maps = read_array(path, limits);
  if (maps.shape.size() == 3) maps.shape.insert(maps.shape.begin() + 1, 1);
  const auto& size = kspace.grid.size;
  const std::vector<std::int64_t> expected{kspace.coils, size[2], size[1], size[0]};
  if (maps.shape != expected)
    fail(ExitCode::input, path, ": coil maps ", shape_text(maps.shape), " do not fit k-space ", shape_text(expected),
         ", [coil, phase 2, phase 1, read]");
  if (maps.kind != NumberArray::Kind::complex)
    fail(ExitCode::input, path, ": holds real numbers; coil maps are complex");
  return std::move(maps.values);
}

/// [k, j, i] or [j, i]: what is not 0 was sampled. The data must agree: a sample where the mask says none is refused.
void apply_mask(const fs::path& path, const RawLimits& limits, KSpace& kspace) {
  if (!kspace.on_grid())
    fail(ExitCode::usage, "--mask: a mask is for samples on the grid; these lie along a trajectory");
  NumberArray mask = read_array(path, limits);
  if (mask.shape.size() == 2) mask.shape.insert(mask.shape.begin(), 1);
  const auto& size = kspace.grid.size;
  const std::vector<std::int64_t> expected{size[2], size[1], size[0]};
  if (mask.shape != expected)
    fail(ExitCode::input, path, ": mask ", shape_text(mask.shape), " does not fit k-space ", shape_text(expected),
         ", [phase 2, phase 1, read]");
  std::int64_t beyond = 0, marked = 0;
  for (std::size_t n = 0; n < mask.values.size(); ++n) {
    const bool sampled = mask.values[n] != Complex(0);
    beyond += kspace.sampled[n] != 0 && !sampled ? 1 : 0;
    marked += sampled ? 1 : 0;
    kspace.sampled[n] = sampled ? 1 : 0;
  }
  if (beyond > 0)
    fail(ExitCode::input, path, ": marks ", beyond,
         " positions as not sampled at which there are data; is it of another scan?");
  if (marked == 0) fail(ExitCode::input, path, ": marks no position as sampled");
}

/// The part of the grid that is shown, about its centre N/2.
Geometry shown_grid(const KSpace& kspace) {
  Geometry grid = kspace.grid;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto first = static_cast<double>(kspace.grid.size[axis] / 2 - kspace.shown[axis] / 2);
    for (std::size_t row = 0; row < 3; ++row)
      grid.origin_mm[row] += first * grid.spacing_mm[axis] * grid.lps_from_index[3 * row + axis];
  }
  grid.size = kspace.shown;
  return grid;
}

/// k-space, maps, images for each coil at work in A^H A (off the grid two of twice the size along each axis for one
/// coil at a time), and a dozen images of a method.
double arrays_bytes(const KSpace& kspace) {
  const double voxels = static_cast<double>(kspace.grid.voxel_count()), coils = static_cast<double>(kspace.coils);
  if (kspace.on_grid()) return 8 * voxels * (5 * coils + 12);
  return 8 * (voxels * (coils + 2 * 8 + 12) + static_cast<double>(kspace.positions()) * (2 * coils + 4));
}

MriProblem problem_of(KSpace kspace, std::vector<Complex> maps, const Choices& choices) {
  MriProblem problem;
  problem.size_ijk = kspace.grid.size;
  problem.shown = kspace.shown;
  problem.coils = kspace.coils;
  problem.virtual_coils = choices.coils;
  problem.samples = std::move(kspace.samples);
  problem.maps = std::move(maps);
  problem.calibration = std::move(kspace.calibration);
  problem.noise = std::move(kspace.noise);
  problem.sampled = std::move(kspace.sampled);
  problem.trajectory = std::move(kspace.trajectory);
  problem.sigma = choices.sigma;
  return problem;
}

}  // namespace

int recon_mri_command(const Invocation& invocation) {
  std::string input, output;
  Choices choices;
  ReconChoices recon;

  Arguments arguments;
  arguments.positional("IN", &input, "raw data: .h5, .npy or .cfl")
      .positional("OUT", &output, "volume to write (.nii, .nii.gz, .nrrd or .mha), or a folder for DICOM files");
  arguments
      .option("maps", po::value(&choices.maps)->value_name("FILE"),
              "coil sensitivities, .npy or .cfl [coil, phase 2, phase 1, read]; without: ESPIRiT")
      .option("mask", po::value(&choices.mask)->value_name("FILE"),
              "what was sampled, .npy or .cfl; without: where the data are not 0")
      .option(
          "trajectory", po::value(&choices.trajectory)->value_name("FILE"),
          "where the samples of .npy and .cfl files were taken, off the grid: .npy or .cfl [readout, sample, 3]; the "
          "size of the image is that of --like, else what the trajectory resolves")
      .option("like", po::value(&choices.like)->value_name("VOLUME"),
              "take spacing, place and orientation from this volume of the same size (.npy and .cfl)")
      .option("spacing", po::value(&choices.spacing)->value_name("IxJxK"),
              "millimetres between voxels along readout, phase 1 and phase 2 (.npy and .cfl)")
      .option("select", po::value(&choices.select)->value_name("NAME=N"),
              "which scan of an ISMRMRD file that holds several: slice, contrast, phase, repetition, set, encoding; "
              "several are separated by commas")
      .option("coils", at_least(1, &choices.coils, "--coils")->value_name("N")->default_value(choices.coils),
              "combine the coils to N virtual ones first, if there are more: faster, and nothing is lost but noise")
      .option("sigma", positive(&choices.sigma, "--sigma")->value_name("S"),
              "noise in each part of a sample; default: from the noise scan, else from the data")
      .option("max-samples",
              at_least(1, &choices.max_samples, "--max-samples")->value_name("N")->default_value(choices.max_samples),
              "refuse files that claim more numbers than this, before any memory is taken for them");
  recon.add_to(arguments, "pnp-admm", false);
  arguments.with_progress();

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay& progress) {
    raw_format_of(input);
    ReconOutput out(kAbout.name,
                    {{"kspace", input},
                     {"maps", choices.maps},
                     {"mask", choices.mask},
                     {"trajectory", choices.trajectory},
                     {"like", choices.like}},
                    output, recon);
    const RawLimits limits{choices.max_samples};
    const ReconSettings settings = recon.settings(false);

    progress.stage("reading");
    KSpace kspace = read_input(choices, input, limits);
    place(choices, input, kspace);
    if (!choices.mask.empty()) apply_mask(choices.mask, limits, kspace);
    std::vector<Complex> maps;
    if (!choices.maps.empty()) maps = read_maps(choices.maps, kspace, limits);
    note_memory(arrays_bytes(kspace), settings, input, progress);

    const std::unique_ptr<ReconSession> session = open_recon_session(settings);
    refuse_other_prior(*session, false, input, recon.force);
    note_session(*session, settings, progress);
    Volume image;
    image.geometry = shown_grid(kspace);
    image.modality = Modality::mr;
    const std::vector<std::string> notices = kspace.notices;
    ReconResult result = session->mri(problem_of(std::move(kspace), std::move(maps), choices), progress);

    progress.stage("writing");
    image.voxels = std::move(result.image);
    progress.finish();
    out.tell(notices);
    out.write(image, result.deviation, result, *session, settings);
  });
}

}  // namespace voxprior
