#include "workflows/compute/volume_labels.h"

#include <cmath>

#include "base/error.h"
#include "io/grid.h"
#include "io/volume_file.h"
#include "workflows/compute/volume_classes.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

constexpr double kSamePlace_mm = 1e-3;

std::string stem_of(const fs::path& file) {
  const std::string name = file.filename().string();
  return name.substr(0, name.size() - volume_ending(file).size());
}

bool same_place(const Geometry& a, const Geometry& b) {
  if (a.size != b.size) return false;
  const Affine one = affine_of(a), two = affine_of(b);
  for (std::size_t n = 0; n < one.size(); ++n)
    if (std::abs(one[n] - two[n]) > kSamePlace_mm) return false;
  return true;
}

}  // namespace

torch::Tensor label_values(const Volume& volume, const fs::path& file) {
  const auto& size = volume.geometry.size;
  const torch::Tensor values = torch::from_blob(const_cast<float*>(volume.voxels.data()), {size[2], size[1], size[0]});
  if (!values.eq(values.round()).all().item<bool>())
    fail(ExitCode::input, file, ": holds fractions, which are no labels; labels are whole numbers");
  return values.to(torch::kLong);
}

VolumeLabels::VolumeLabels(const std::vector<std::string>& folders, Labels labels) : labels_(std::move(labels)) {
  for (const std::string& folder : folders) {
    const fs::path path = expand_variables(folder);
    if (!fs::is_directory(path)) fail(ExitCode::input, path, ": no such folder of label volumes");
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      if (!entry.is_regular_file() || volume_ending(entry.path()).empty()) continue;
      if (!files_.emplace(stem_of(entry.path()), entry.path()).second)
        fail(ExitCode::input, entry.path(), ": a second label volume of that name in data.labels; keep one");
    }
  }
}

torch::Tensor VolumeLabels::of(const fs::path& image, const Geometry& grid) const {
  if (labels_.empty()) return {};
  const auto found = files_.find(stem_of(image));
  if (found == files_.end())
    fail(ExitCode::input, image, ": no label volume of that name in data.labels; add it or use data.exclude");
  const fs::path& file = found->second;
  const Volume volume = read_volume(file);
  if (!same_place(volume.geometry, grid))
    fail(ExitCode::input, file, ": is not on the grid of ", image, "; resample it to that grid");
  return of_values(label_values(volume, file), file.string());
}

TrainingVolume VolumeLabels::volume_of(const fs::path& file) const {
  const Volume volume = read_volume(file);
  TrainingVolume result{file.filename().string(), {}, volume.geometry.spacing_mm};
  result.label_map = of_values(label_values(volume, file), file.string());
  result.voxels = result.label_map.to(torch::kFloat32);
  return result;
}

torch::Tensor VolumeLabels::of_values(const torch::Tensor& values, const std::string& name) const {
  if (labels_.empty()) return {};
  torch::Tensor map = torch::zeros(values.sizes(), torch::kUInt8), known = values == 0;
  for (const auto& [value, meaning] : labels_) {
    const torch::Tensor here = values == value;
    map.masked_fill_(here, label_number(labels_, value));
    known.logical_or_(here);
  }
  if (!known.all().item<bool>())
    fail(ExitCode::input, name, ": holds the label ", values.masked_select(known.logical_not())[0].item<std::int64_t>(),
         ", which [labels] does not name; named are: ", listed(labels_));
  return map;
}

}  // namespace voxprior
