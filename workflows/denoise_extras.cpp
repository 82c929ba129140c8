#include "workflows/denoise_extras.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <functional>

#include "base/error.h"
#include "io/volume_file.h"
#include "workflows/preview.h"

namespace voxprior {
namespace po = boost::program_options;
namespace {

constexpr int kSamples = 8;  // their spread is known to a quarter at each voxel, and to 1 % over some hundred

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

}  // namespace

void DenoiseExtras::add_to(Arguments& arguments) {
  arguments
      .option("noise-map", po::value(&noise_map_)->value_name("FILE"),
              "write the sigma that was removed, for each voxel")
      .option("residual", po::value(&residual_)->value_name("FILE"), "write IN - OUT")
      .option("uncertainty", po::value(&uncertainty_)->value_name("FILE"),
              "write how far the clean volumes that could be behind IN lie from OUT, for each voxel: the standard "
              "deviation "
              "of samples around it")
      .option("samples", at_least(2, &samples_, "--samples")->value_name("N"),
              "so many, for --uncertainty, each 12 evaluations of the network; default 8. OUT stays the mean that one "
              "evaluation gives")
      .option("seed", at_least(0, &seed_, "--seed")->value_name("S"),
              "of the samples, or of the noise that the samplers indi and i2sb of a bridge draw; default 0")
      .option(
          "data-share", po::value(&data_share_)->value_name("FILE"),
          "write how much of a small change over 5 mm comes through in OUT, for each voxel: near 1 the data decide, "
          "near 0 the prior")
      .option("preview", po::value(&preview_)->value_name("FILE.png"),
              "write a picture: three planes of before, after and residual (grey is 0, black and white are 3 sigma)");
}

bool DenoiseExtras::any_volume() const {
  const std::vector<std::string> names = volumes();
  return std::any_of(names.begin(), names.end(), [](const std::string& name) { return !name.empty(); });
}

std::vector<std::filesystem::path> DenoiseExtras::paths() const {
  const std::vector<std::string> names = volumes();
  std::vector<std::filesystem::path> paths(names.begin(), names.end());
  paths.emplace_back(preview_);
  return paths;
}

UncertaintyChoices DenoiseExtras::uncertainty() const {
  UncertaintyChoices choices;
  if (!uncertainty_.empty()) choices.samples = samples_ == kNotGiven ? kSamples : static_cast<int>(samples_);
  choices.seed = seed().value_or(choices.seed);
  choices.data_share = !data_share_.empty() || !uncertainty_.empty();
  return choices;
}

std::optional<std::uint64_t> DenoiseExtras::seed() const {
  return seed_ == kNotGiven ? std::nullopt : std::optional<std::uint64_t>(static_cast<std::uint64_t>(seed_));
}

void DenoiseExtras::check(bool bridge) const {
  for (const std::string& name : volumes()) {
    if (!name.empty()) format_of_name(name);
  }
  if (uncertainty_.empty() && samples_ != kNotGiven) fail(ExitCode::usage, "--samples: needs --uncertainty FILE");
  if (bridge && uncertainty().any())
    fail(ExitCode::usage, "--uncertainty and --data-share are for denoisers, and the model is a bridge");
  if (!bridge && uncertainty_.empty() && seed_ != kNotGiven)
    fail(ExitCode::usage, "--seed: needs --uncertainty FILE, or a bridge as --model");
  if (!preview_.empty() && std::filesystem::path(preview_).extension() != ".png") {
    fail(ExitCode::usage, "--preview: ", preview_, " does not end in .png");
  }
}

void DenoiseExtras::write(const Volume& noisy, const Denoised& clean, ExtraOutput& out, Provenance& provenance) const {
  if (!residual_.empty()) {
    out.write("residual", residual_, float_volume_like(noisy, difference(noisy.voxels, clean.voxels)));
  }
  if (!noise_map_.empty()) {
    const std::vector<float> even(noisy.voxels.size(), static_cast<float>(clean.noise.sigma));
    out.write("noise_map", noise_map_, float_volume_like(noisy, clean.noise.map.empty() ? even : clean.noise.map));
  }
  if (!uncertainty_.empty()) {
    out.write("uncertainty", uncertainty_, float_volume_like(noisy, clean.uncertainty.deviation));
  }
  if (!data_share_.empty()) {
    out.write("data_share", data_share_, float_volume_like(noisy, clean.uncertainty.data_share));
  }
  if (!preview_.empty()) {
    const PreviewWindow window = preview_window(noisy, clean.noise.sigma);
    provenance["preview"] = {
        {"black", window.black}, {"white", window.white}, {"residual_limit", window.residual_limit}};
    out.write("preview", preview_, draw_preview(noisy, clean.voxels, window));
  }
}

}  // namespace voxprior
