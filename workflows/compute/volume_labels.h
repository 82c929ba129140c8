#pragma once

#include <torch/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "io/volume.h"
#include "models/training/source.h"
#include "models/weights/conditioning.h"

namespace voxprior {

/// The values of a label volume, [D,H,W] int64. Throws Error(ExitCode::input), naming `file`, for fractions.
torch::Tensor label_values(const Volume& volume, const std::filesystem::path& file);

/// The label volumes that go with training volumes, after data.labels and [labels] of a configuration.
class VolumeLabels {
 public:
  VolumeLabels() = default;

  /// Folders, searched at any depth, in which the label volume of an image has the image's file name, in any format.
  /// Throws Error(ExitCode::input) for two of one name.
  VolumeLabels(const std::vector<std::string>& folders, Labels labels);

  /// The label map of an image: [D,H,W] uint8, see TrainingVolume. Undefined where no labels are trained on. Throws
  /// Error(ExitCode::input) when the image has none, it lies on another grid, or holds a value that [labels] does not
  /// name.
  torch::Tensor of(const std::filesystem::path& image, const Geometry& grid) const;

  /// A label volume as the volume to learn from. Throws Error(ExitCode::input) as of() does.
  TrainingVolume volume_of(const std::filesystem::path& file) const;

  /// The same of label values [D,H,W] int64 of a prepared dataset.
  torch::Tensor of_values(const torch::Tensor& values, const std::string& name) const;

 private:
  std::map<std::string, std::filesystem::path> files_;  // by name without ending
  Labels labels_;
};

}  // namespace voxprior
