// voxprior recon inpaint IN OUT: makes up the voxels that a mask names.
#include <algorithm>
#include <boost/program_options.hpp>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <sstream>

#include "base/error.h"
#include "io/grid.h"
#include "io/volume_file.h"
#include "workflows/commands.h"
#include "workflows/noise_level.h"
#include "workflows/read_choices.h"
#include "workflows/recon_choices.h"
#include "workflows/recon_output.h"
#include "workflows/recon_units.h"
#include "workflows/statistics.h"

namespace voxprior {
namespace po = boost::program_options;
namespace {

const About kAbout{"recon inpaint",
                   "fill in voxels of a volume with a learned prior: lesions, artefacts, missing slices",
                   "Where the mask is not 0, or in the slices that are named, the volume is made up to go with what "
                   "surrounds it. All\n"
                   "other voxels stay exactly as they are.\n\n"
                   "What is filled in is plausible, not measured: for registration and segmentation, never to be read.",
                   {"Lugmayr et al. RePaint: inpainting using denoising diffusion probabilistic models. CVPR 2022."}};

/// Whether voxels of one index lie at one place, to a hundredth of the smallest spacing.
bool lies_on(const Geometry& a, const Geometry& b) {
  const Affine first = affine_of(a), second = affine_of(b);
  const double tolerance = 0.01 * *std::min_element(b.spacing_mm.begin(), b.spacing_mm.end());
  for (std::size_t row = 0; row < 3; ++row) {
    double farthest = std::abs(first[4 * row + 3] - second[4 * row + 3]);
    for (std::size_t axis = 0; axis < 3; ++axis)
      farthest += std::abs(first[4 * row + axis] - second[4 * row + axis]) * static_cast<double>(a.size[axis]);
    if (farthest > tolerance) return false;
  }
  return true;
}

/// 1 in slices along k that are there, 0 in those that `text` names: "3" or "3,7-9", counted from 0.
std::vector<std::uint8_t> known_slices(const std::string& text, const Geometry& grid) {
  std::vector<std::uint8_t> known(static_cast<std::size_t>(grid.voxel_count()), 1);
  const auto slice = static_cast<std::size_t>(grid.size[0] * grid.size[1]);
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    long long first = 0, last = 0;
    int used = 0;
    if (std::sscanf(part.c_str(), "%lld-%lld%n", &first, &last, &used) != 2) {
      used = 0;
      std::sscanf(part.c_str(), "%lld%n", &first, &used);
      last = first;
    }
    if (used == 0 || used != static_cast<int>(part.size()) || first < 0 || last < first)
      fail(ExitCode::usage, "--slices: '", text, "' is not like 3 or 3,7-9");
    if (last >= grid.size[2])
      fail(ExitCode::usage, "--slices: the volume's slices are 0 to ", grid.size[2] - 1, ", there is no ", last);
    const auto from = static_cast<std::size_t>(first) * slice, to = static_cast<std::size_t>(last + 1) * slice;
    std::fill(known.begin() + static_cast<std::ptrdiff_t>(from), known.begin() + static_cast<std::ptrdiff_t>(to),
              std::uint8_t{0});
  }
  if (std::find(known.begin(), known.end(), 1) == known.end())
    fail(ExitCode::usage, "--slices: names every slice; there is nothing to go by");
  return known;
}

/// 1 where the volume is to be kept. Throws when the mask lies on another grid, or leaves all or nothing to fill.
std::vector<std::uint8_t> known_voxels(const std::string& mask_file, const Volume& volume, const ReadOptions& reading) {
  const Volume mask = read_volume(mask_file, reading);
  const auto &a = mask.geometry.size, &b = volume.geometry.size;
  if (a != b)
    fail(ExitCode::input, mask_file, ": has ", a[0], " x ", a[1], " x ", a[2], " voxels, the volume has ", b[0], " x ",
         b[1], " x ", b[2]);
  if (!lies_on(mask.geometry, volume.geometry))
    fail(ExitCode::input, mask_file, ": lies at another place than the volume; resample it onto the volume's grid");
  std::vector<std::uint8_t> known;
  std::size_t kept = 0;
  for (const float value : mask.voxels) {
    known.push_back(value == 0 ? 1 : 0);
    kept += known.back();
  }
  if (kept == known.size())
    fail(ExitCode::input, mask_file, ": marks nothing to fill; voxels to fill are those that are not 0");
  if (kept == 0) fail(ExitCode::input, mask_file, ": marks every voxel to be filled; there is nothing to go by");
  return known;
}

}  // namespace

int recon_inpaint_command(const Invocation& invocation) {
  std::string input, output, mask, slices;
  ReconChoices recon;
  ReadChoices reading;

  Arguments arguments;
  arguments.positional("IN", &input, "volume to fill")
      .positional("OUT", &output, "volume to write (.nii, .nii.gz, .nrrd or .mha), or a folder for DICOM files");
  arguments
      .option("mask", po::value(&mask)->value_name("FILE"), "volume on the same grid; voxels that are not 0 are filled")
      .option("slices", po::value(&slices)->value_name("LIST"),
              "missing slices along k, counted from 0, such as 3 or 3,7-9: they are filled");
  recon.add_to(arguments, "pnp-hqs", false);
  reading.add_to(arguments);
  arguments.with_progress();

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay& progress) {
    if (mask.empty() == slices.empty()) fail(ExitCode::usage, "name what to fill with either --mask or --slices");
    ReconOutput out(kAbout.name, {{"volume", input}, {"mask", mask}}, output, recon);
    progress.stage("reading");
    const Volume volume = read_volume(input, reading.options());
    const bool ct = is_ct(volume);
    const ReconSettings settings = recon.settings(ct);
    const PriorUnits units(volume, ct, input);
    InpaintProblem problem;
    problem.known =
        slices.empty() ? known_voxels(mask, volume, reading.options()) : known_slices(slices, volume.geometry);
    problem.size_ijk = volume.geometry.size;
    problem.voxels = units.to_prior(volume.voxels);
    problem.unit = units.scale();
    problem.sigma = noise_level(volume, {}).sigma;
    const std::vector<std::uint8_t> known = problem.known;
    note_memory(64. * static_cast<double>(volume.geometry.voxel_count()), settings, input, progress);

    const std::unique_ptr<ReconSession> session = open_recon_session(settings);
    refuse_other_prior(*session, ct, input, recon.force);
    note_session(*session, settings, progress);
    ReconResult result = session->inpaint(std::move(problem), progress);

    progress.stage("writing");
    Volume image = volume;
    const std::vector<float> filled = units.from_prior(std::move(result.image));
    for (std::size_t n = 0; n < known.size(); ++n)
      if (known[n] == 0) image.voxels[n] = filled[n];
    image.modality = ct ? Modality::ct : Modality::mr;
    progress.finish();
    out.tell(volume.notices);
    out.write(image, result.deviation, result, *session, settings);
  });
}

}  // namespace voxprior
