#include "workflows/compute/training_volumes.h"

#include <torch/types.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/error.h"
#include "io/volume_file.h"
#include "models/training/shards.h"
#include "models/training/whole_volumes.h"
#include "pipeline/intensity/ct_padding.h"
#include "pipeline/intensity/normalise.h"

namespace voxprior {
namespace fs = std::filesystem;

std::string expand_variables(std::string text) {
  for (std::size_t start; (start = text.find("${")) != std::string::npos;) {
    const std::size_t end = text.find('}', start);
    if (end == std::string::npos) fail(ExitCode::usage, "data: '", text, "' has '${' without '}'");
    const std::string name = text.substr(start + 2, end - start - 2);
    const char* value = std::getenv(name.c_str());
    if (!value)
      fail(ExitCode::usage, "data: environment variable ", name,
           " is not set; set it to the folder that holds the data");
    text.replace(start, end - start + 1, value);
  }
  return text;
}

namespace {

std::vector<fs::path> volume_files(const std::string& entry) {
  const fs::path path = expand_variables(entry);
  if (fs::is_regular_file(path)) return {path};
  if (!fs::is_directory(path)) fail(ExitCode::input, path.string(), ": no such file or folder of volumes");
  std::vector<fs::path> files;
  for (const auto& item : fs::recursive_directory_iterator(path))
    if (item.is_regular_file() && !volume_ending(item.path()).empty()) files.push_back(item.path());
  if (files.empty()) fail(ExitCode::input, path.string(), ": folder holds no .nii, .nii.gz, .nrrd or .mha volume");
  std::sort(files.begin(), files.end());
  return files;
}

TrainingVolume read_normalised(const fs::path& path, const std::string& modality) {
  const Volume volume = read_volume(path);
  const IntensityMap unit =
      modality == "ct" ? ct_intensity_map() : mr_intensity_map(volume.voxels.data(), volume.voxels.size());
  if (!(unit.scale > 0)) fail(ExitCode::input, path.string(), ": has no voxel above 0; leave it out with data.exclude");

  const auto& size = volume.geometry.size;
  const auto& spacing = volume.geometry.spacing_mm;
  torch::Tensor voxels = torch::empty({size[2], size[1], size[0]});
  const auto padding =
      modality == "ct" ? ct_padding_value(volume.voxels.data(), volume.voxels.size()) : std::optional<float>();
  std::transform(volume.voxels.begin(), volume.voxels.end(), voxels.data_ptr<float>(),
                 [&](float value) { return value == padding ? 0.f : unit.forward(value); });
  return {path.filename().string(), voxels, *std::min_element(spacing.begin(), spacing.end()),
          *std::max_element(spacing.begin(), spacing.end())};
}

}  // namespace

std::vector<TrainingVolume> read_training_volumes(const std::vector<std::string>& entries,
                                                  const std::vector<std::string>& exclude,
                                                  const std::string& modality) {
  std::vector<TrainingVolume> volumes;
  for (const std::string& entry : entries)
    for (const fs::path& file : volume_files(entry))
      if (std::find(exclude.begin(), exclude.end(), file.filename().string()) == exclude.end())
        volumes.push_back(read_normalised(file, modality));
  return volumes;
}

std::vector<TrainingVolume> read_dataset_volumes(const std::string& folder, Split split, const std::string& modality) {
  std::vector<TrainingVolume> volumes;
  if (folder.empty()) return volumes;
  const fs::path path = expand_variables(folder);
  const PreparedDataset dataset(path);
  const std::string unit = modality == "ct" ? "ct-hu/1000" : "mr-p99.5";
  if (dataset.index().intensity != unit)
    fail(ExitCode::input, path, ": holds intensities '", dataset.index().intensity, "', a model of modality ", modality,
         " needs '", unit, "'; prepare it with --intensity ", modality == "ct" ? "ct" : "mr");
  const std::array<double, 3> spacing = dataset.spacing_mm();
  for (const std::size_t number : dataset.numbers(split))
    volumes.push_back({"volume " + std::to_string(number), dataset.volume(number)[0].contiguous(),
                       *std::min_element(spacing.begin(), spacing.end()),
                       *std::max_element(spacing.begin(), spacing.end())});
  return volumes;
}

TrainingVolume halved(const TrainingVolume& volume) {
  const torch::Tensor& x = volume.voxels;
  if (x.size(0) < 2 || x.size(1) < 2 || x.size(2) < 2)
    fail(ExitCode::input, volume.name, ": is too thin to be halved; leave it out with data.exclude");
  return {volume.name, halved_volume(x, 1), 2 * volume.voxel_min_mm, 2 * volume.voxel_max_mm};
}

}  // namespace voxprior
