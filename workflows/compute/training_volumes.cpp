#include "workflows/compute/training_volumes.h"

#include <torch/types.h>

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "io/volume_file.h"
#include "models/label_shares.h"
#include "models/training/shards.h"
#include "models/training/whole_volumes.h"
#include "pipeline/intensity/ct_padding.h"
#include "pipeline/intensity/normalise.h"

namespace voxprior {
namespace fs = std::filesystem;

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

TrainingVolume read_normalised(const fs::path& path, const std::string& modality, const VolumeContext& context) {
  if (context.draws_labels) {
    TrainingVolume volume = context.labels.volume_of(path);
    volume.class_name = context.classes.of(path);
    return volume;
  }
  const Volume volume = read_volume(path);
  const IntensityMap unit =
      modality == "ct" ? ct_intensity_map() : mr_intensity_map(volume.voxels.data(), volume.voxels.size());
  if (!(unit.scale > 0)) fail(ExitCode::input, path.string(), ": has no voxel above 0; leave it out with data.exclude");

  const auto& size = volume.geometry.size;
  torch::Tensor voxels = torch::empty({size[2], size[1], size[0]});
  const auto padding =
      modality == "ct" ? ct_padding_value(volume.voxels.data(), volume.voxels.size()) : std::optional<float>();
  std::transform(volume.voxels.begin(), volume.voxels.end(), voxels.data_ptr<float>(),
                 [&](float value) { return value == padding ? 0.f : unit.forward(value); });
  return {path.filename().string(), voxels, volume.geometry.spacing_mm, context.classes.of(path),
          context.labels.of(path, volume.geometry)};
}

}  // namespace

std::vector<fs::path> volume_files(const std::vector<std::string>& entries, const std::vector<std::string>& exclude) {
  std::vector<fs::path> files;
  for (const std::string& entry : entries)
    for (const fs::path& file : volume_files(entry))
      if (std::find(exclude.begin(), exclude.end(), file.filename().string()) == exclude.end()) files.push_back(file);
  return files;
}

std::vector<TrainingVolume> read_training_volumes(const std::vector<std::string>& entries,
                                                  const std::vector<std::string>& exclude, const std::string& modality,
                                                  const VolumeContext& context) {
  std::vector<TrainingVolume> volumes;
  for (const fs::path& file : volume_files(entries, exclude))
    volumes.push_back(read_normalised(file, modality, context));
  return volumes;
}

std::vector<TrainingVolume> read_painted_volumes(const std::vector<std::string>& entries,
                                                 const std::vector<std::string>& exclude) {
  std::vector<TrainingVolume> volumes;
  for (const fs::path& file : volume_files(entries, exclude)) {
    const Volume volume = read_volume(file);
    const torch::Tensor values = label_values(volume, file);
    if (values.min().item<std::int64_t>() < 0 || values.max().item<std::int64_t>() > 255)
      fail(ExitCode::input, file, ": holds labels outside 0 to 255; data.label_maps takes no others");
    TrainingVolume painted{file.filename().string(), (values > 0).to(torch::kFloat32), volume.geometry.spacing_mm};
    painted.label_map = values.to(torch::kUInt8);
    painted.painted = true;
    volumes.push_back(std::move(painted));
  }
  return volumes;
}

std::vector<TrainingVolume> read_dataset_volumes(const std::string& folder, Split split, const std::string& modality,
                                                 const VolumeContext& context) {
  std::vector<TrainingVolume> volumes;
  if (folder.empty()) return volumes;
  const fs::path path = expand_variables(folder);
  const PreparedDataset dataset(path);
  const std::string unit = modality == "ct" ? "ct-hu/1000" : "mr-p99.5";
  if (!context.draws_labels && dataset.index().intensity != unit)
    fail(ExitCode::input, path, ": holds intensities '", dataset.index().intensity, "', a model of modality ", modality,
         " needs '", unit, "'; prepare it with --intensity ", modality == "ct" ? "ct" : "mr");
  for (const std::size_t number : dataset.numbers(split)) {
    const std::string name = "volume " + std::to_string(number);
    const std::int64_t class_index = dataset.class_index(number);
    const torch::Tensor values = dataset.label(number);
    if (context.draws_labels && !values.defined())
      fail(ExitCode::input, path, ": ", name, " has no labels to learn; see prepare --labels");
    TrainingVolume volume{name, {}, dataset.index().grid.spacing_mm};
    if (class_index >= 0) volume.class_name = dataset.index().classes[static_cast<std::size_t>(class_index)];
    if (values.defined()) volume.label_map = context.labels.of_values(values[0], name);
    volume.voxels =
        context.draws_labels ? volume.label_map.to(torch::kFloat32) : dataset.volume(number)[0].contiguous();
    volumes.push_back(std::move(volume));
  }
  return volumes;
}

TrainingVolume halved(const TrainingVolume& volume) {
  const torch::Tensor& x = volume.voxels;
  if (x.size(0) < 2 || x.size(1) < 2 || x.size(2) < 2)
    fail(ExitCode::input, volume.name, ": is too thin to be halved; leave it out with data.exclude");
  TrainingVolume half = volume;
  half.voxels = halved_volume(x, 1);
  for (double& edge : half.spacing_mm) edge *= 2;
  if (volume.label_map.defined()) {
    const auto labels = static_cast<std::size_t>(volume.label_map.max().item<std::int64_t>());
    half.label_map = label_numbers(torch::avg_pool3d(label_shares(volume.label_map, labels), 2));
  }
  return half;
}

}  // namespace voxprior
