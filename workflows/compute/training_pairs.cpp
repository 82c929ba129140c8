#include "workflows/compute/training_pairs.h"

#include <torch/types.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>

#include "base/error.h"
#include "io/volume_file.h"
#include "pipeline/intensity/ct_padding.h"
#include "pipeline/intensity/normalise.h"
#include "workflows/compute/training_volumes.h"
#include "workflows/one_grid.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

using FilesByName = std::map<std::string, fs::path>;

FilesByName by_name(const std::vector<std::string>& entries, const std::vector<std::string>& exclude, const char* key) {
  FilesByName files;
  for (const fs::path& file : volume_files(entries, exclude)) {
    const std::string name = file.filename().string();
    const std::string stem = name.substr(0, name.size() - volume_ending(file).size());
    if (!files.emplace(stem, file).second)
      fail(ExitCode::input, file, ": a second volume of that name in ", key, "; pairs are told by their names");
  }
  return files;
}

void check_all_paired(const FilesByName& ones, const FilesByName& others, const char* key) {
  for (const auto& [name, file] : ones)
    if (others.count(name) == 0)
      fail(ExitCode::input, file, ": no volume of that name in ", key, ", which holds ", others.size(), " for ",
           ones.size(), "; add it, or name it in data.exclude");
}

/// Padding of CT is air, as it is to the network when a scan is denoised.
torch::Tensor tensor_of(const Volume& volume, const IntensityMap& unit, bool ct) {
  const auto& size = volume.geometry.size;
  torch::Tensor voxels = torch::empty({size[2], size[1], size[0]});
  const auto padding = ct ? ct_padding_value(volume.voxels.data(), volume.voxels.size()) : std::optional<float>();
  std::transform(volume.voxels.begin(), volume.voxels.end(), voxels.data_ptr<float>(),
                 [&](float value) { return value == padding ? 0.f : unit.forward(value); });
  return voxels;
}

TrainingVolume read_pair(const fs::path& clean_file, const fs::path& noisy_file, const std::string& modality) {
  const Volume clean = read_volume(clean_file), noisy = read_volume(noisy_file);
  if (!on_one_grid(clean.geometry, noisy.geometry))
    fail(ExitCode::input, noisy_file, ": is not on the grid of ", clean_file,
         "; register and resample one to the other");
  const bool ct = modality == "ct";
  const IntensityMap unit = ct ? ct_intensity_map() : mr_intensity_map(noisy.voxels.data(), noisy.voxels.size());
  if (!(unit.scale > 0)) fail(ExitCode::input, noisy_file, ": has no voxel above 0; leave it out with data.exclude");
  TrainingVolume pair{clean_file.filename().string(), tensor_of(clean, unit, ct), clean.geometry.spacing_mm};
  pair.scan = tensor_of(noisy, unit, ct);
  return pair;
}

}  // namespace

std::vector<TrainingVolume> read_training_pairs(const std::vector<std::string>& clean,
                                                const std::vector<std::string>& noisy,
                                                const std::vector<std::string>& exclude, const std::string& modality) {
  const FilesByName clean_files = by_name(clean, exclude, "data.clean");
  const FilesByName noisy_files = by_name(noisy, exclude, "data.noisy");
  check_all_paired(clean_files, noisy_files, "data.noisy");
  check_all_paired(noisy_files, clean_files, "data.clean");
  std::vector<TrainingVolume> pairs;
  for (const auto& [name, file] : clean_files) pairs.push_back(read_pair(file, noisy_files.at(name), modality));
  return pairs;
}

}  // namespace voxprior
