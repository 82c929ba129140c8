#include "workflows/compute/noisy_volumes.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iomanip>
#include <numeric>
#include <sstream>
#include <utility>

#include "base/error.h"
#include "io/volume_file.h"
#include "workflows/compute/training_volumes.h"
#include "workflows/network_units.h"
#include "workflows/noise_level.h"
#include "workflows/statistics.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t kFewVoxels = 20'000;               // noise estimates from fewer are off by 5 % and more
constexpr double kNextToNoNoise = 0.003;                  // of the intensity unit
constexpr std::int64_t kMostFrames = 64;                  // a compressed file is read once for each
constexpr double kMoreThanNoise = 1.25, kNotRepeats = 2;  // difference of repeats over what noise makes of it

NoiseChoice choice_of(const std::string& distribution) {
  NoiseChoice choice;
  if (distribution == "gaussian") choice.kind = NoiseKind::gaussian;
  if (distribution == "rician") choice.kind = NoiseKind::rician;
  return choice;
}

void check_scan(const fs::path& file, const Volume& scan, const NoiseChoice& choice) {
  if (is_ct(scan))
    fail(ExitCode::input, file,
         ": is CT, whose noise cannot be told well enough from a scan to learn from it; only MR can be learned from "
         "without clean scans");
  if (scan.geometry.voxel_count() < kFewVoxels)
    fail(ExitCode::input, file, ": has ", scan.geometry.voxel_count(), " voxels; ", kFewVoxels,
         " are needed to tell how strong the noise is");
  if (is_constant(scan.voxels) || *std::max_element(scan.voxels.begin(), scan.voxels.end()) <= 0)
    fail(ExitCode::input, file, ": is constant or has no voxel above 0; leave it out with data.exclude");
  if (choice.kind == NoiseKind::rician && *std::min_element(scan.voxels.begin(), scan.voxels.end()) < 0)
    fail(ExitCode::input, file, ": has negative voxels, which Rician magnitudes have not; see noise.distribution");
}

void check_noise(const fs::path& file, const NoiseLevel& noise, double scale, bool repeats) {
  if (noise.sigma / scale < kNextToNoNoise)
    fail(
        ExitCode::input, file, ": shows next to no noise", noise.message.empty() ? "" : " (" + noise.message + ")",
        ": denoised or averaged before? Noise is what is learned from; train on clean scans without --self-supervised");
  if (noise.denoised_before)
    fail(ExitCode::input, file, ": was probably denoised before (", noise.message,
         "): what is left is no independent noise to learn from; take the original");
  if (noise.white == false && noise.filter.keeps_all() && !repeats)
    fail(ExitCode::input, file, ": ", noise.message,
         ". Correlated noise is learned as if it were anatomy; take the scan from before that, or repeats of it "
         "(data.repeats)");
}

std::vector<std::int64_t> frames_of(const fs::path& file, const TrainingConfig::Data& data) {
  const std::int64_t count = count_volumes(file);
  if (!data.repeats) {
    if (count > 1)
      fail(
          ExitCode::input, file, ": is a 4D image of ", count,
          " volumes; if they repeat one scan, of one contrast in one place, say data.repeats = true, and which ones in "
          "data.frames");
    return {-1};
  }
  if (count < 2) fail(ExitCode::input, file, ": is one 3D volume; data.repeats is for 4D files");
  std::vector<std::int64_t> frames = data.frames;
  if (frames.empty()) {
    frames.resize(static_cast<std::size_t>(count));
    std::iota(frames.begin(), frames.end(), 0);
  }
  if (*std::max_element(frames.begin(), frames.end()) >= count)
    fail(ExitCode::input, file, ": has ", count, " volumes, counted from 0; data.frames names another");
  if (static_cast<std::int64_t>(frames.size()) > kMostFrames)
    fail(ExitCode::input, file, ": ", frames.size(), " repeats are more than are made use of; choose up to ",
         kMostFrames, " in data.frames");
  return frames;
}

torch::Tensor tensor_of(std::vector<float> voxels, const Geometry& geometry) {
  const auto& size = geometry.size;
  return torch::tensor(voxels).view({size[2], size[1], size[0]});
}

torch::Tensor sigma_of(const NetworkUnits& units, const Geometry& geometry) {
  const std::vector<float> map = units.sigma_map();
  return map.empty() ? torch::full({1}, units.sigma()) : tensor_of(map, geometry);
}

/// The largest difference of a repeat from the mean of the others, over what the noise makes of it; and whose.
std::pair<double, std::size_t> oddest(const TrainingVolume& volume) {
  std::vector<torch::Tensor> all{volume.voxels};
  all.insert(all.end(), volume.repeats.begin(), volume.repeats.end());
  torch::Tensor sum = torch::zeros_like(volume.voxels), scanned = torch::ones_like(volume.voxels, torch::kBool);
  for (const torch::Tensor& scan : all) {
    sum += scan;
    scanned = scanned & (scan != 0);
  }
  const double others = static_cast<double>(all.size()) - 1;
  const double expected = std::sqrt(volume.sigma.square().mean().item<double>() * (1 + 1 / others));
  std::pair<double, std::size_t> worst{0, 0};
  for (std::size_t f = 0; f < all.size(); ++f) {
    const torch::Tensor off = (all[f] - (sum - all[f]) / others).masked_select(scanned).to(torch::kDouble);
    worst = std::max(worst, {off.square().mean().sqrt().item<double>() / expected, f});
  }
  return worst;
}

std::string note_of(const fs::path& file, const NoiseLevel& noise, const NetworkUnits& units, std::size_t scans) {
  std::ostringstream note;
  note << std::setprecision(3) << file.filename().string() << ": ";
  if (scans > 1) note << scans << " repeats, ";
  note << name_of(noise.kind) << " noise, sigma " << units.sigma() << " of bright tissue";
  if (noise.kind == NoiseKind::rician) note << ", stabilised";
  if (!noise.map.empty()) note << ", varying over the volume";
  if (!noise.filter.keeps_all()) note << ", correlated (" << in_words(noise.filter) << ") and whitened first";
  return note.str();
}

void read_scan(const fs::path& file, const TrainingConfig& config, NoisyVolumes& noisy) {
  const NoiseChoice choice = choice_of(config.noise.distribution);
  const std::vector<std::int64_t> frames = frames_of(file, config.data);
  std::vector<Volume> scans;
  NoiseLevel noise;
  double variance = 0, scale = 0;
  for (const std::int64_t frame : frames) {
    ReadOptions reading;
    reading.volume_of_4d = static_cast<int>(frame);
    scans.push_back(read_volume(file, reading));
    const Volume& scan = scans.back();
    check_scan(file, scan, choice);
    NoiseLevel found = noise_level(scan, choice);
    const double unit = mr_intensity_map(scan.voxels.data(), scan.voxels.size()).scale;
    check_noise(file, found, unit, config.data.repeats);
    variance += found.sigma * found.sigma / static_cast<double>(frames.size());
    scale += unit / static_cast<double>(frames.size());
    if (scans.size() == 1) noise = std::move(found);
  }
  noise.sigma = std::sqrt(variance);
  const IntensityMap unit{0, scale};

  TrainingVolume volume{file.filename().string(), {}, scans[0].geometry.spacing_mm};
  for (const Volume& scan : scans) {
    const NetworkUnits units(scan, noise, unit);
    torch::Tensor voxels = tensor_of(units.to_network(scan.voxels), scan.geometry);
    if (!volume.voxels.defined()) {
      volume.voxels = voxels;
      volume.sigma = sigma_of(units, scan.geometry);
      noisy.notices.push_back(note_of(file, noise, units, scans.size()));
    } else {
      volume.repeats.push_back(voxels);
    }
  }
  if (!volume.repeats.empty()) {
    const auto [ratio, frame] = oddest(volume);
    std::ostringstream text;
    text << std::setprecision(2) << "volume " << frames[frame] << " differs from the mean of the others by " << ratio
         << " times their noise";
    if (ratio > kNotRepeats)
      fail(ExitCode::input, file, ": ", text.str(),
           ": not a repeat (another contrast, or moved); leave it out with data.frames");
    if (ratio > kMoreThanNoise)
      noisy.notices.push_back(file.filename().string() + ": " + text.str() +
                              ": what moves or changes between repeats is learned as noise");
  }
  noisy.volumes.push_back(std::move(volume));
}

}  // namespace

NoisyVolumes read_noisy_volumes(const std::vector<std::string>& entries, const TrainingConfig& config) {
  NoisyVolumes noisy;
  for (const fs::path& file : volume_files(entries, config.data.exclude)) read_scan(file, config, noisy);
  return noisy;
}

}  // namespace voxprior
