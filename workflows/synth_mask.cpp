#include "workflows/synth_mask.h"

#include <cmath>

#include "base/error.h"
#include "io/volume_file.h"
#include "workflows/model_grid.h"
#include "workflows/prepare/oriented.h"

namespace voxprior {

Volume read_mask(const std::filesystem::path& path) { return oriented_to_ras(read_volume(path)); }

std::vector<std::uint8_t> mask_numbers(const std::filesystem::path& path, const Volume& mask, const SynthFacts& model) {
  const auto& found = mask.geometry.size;
  if (found != model.size)
    fail(ExitCode::input, path, ": has ", found[0], "x", found[1], "x", found[2], " voxels, the model ", model.name,
         " makes ", model.size[0], "x", model.size[1], "x", model.size[2], "; resample or crop the mask");
  std::vector<std::uint8_t> numbers;
  numbers.reserve(mask.voxels.size());
  for (const float value : mask.voxels) {
    const bool whole = value == std::floor(value) && std::abs(value) < 1e9;
    const std::int64_t number = whole ? label_number(model.labels, static_cast<std::int64_t>(value)) : -1;
    if (number < 0)
      fail(ExitCode::input, path, ": holds ", value, ", no label that the model ", model.name,
           " knows; known are 0 and: ", listed(model.labels));
    numbers.push_back(static_cast<std::uint8_t>(number));
  }
  return numbers;
}

Volume drawn_mask(const SynthFacts& model, const std::vector<std::uint8_t>& numbers) {
  std::vector<float> values{0};
  for (const auto& [value, meaning] : model.labels) values.push_back(static_cast<float>(value));
  Volume mask;
  mask.geometry = geometry_of(model);
  mask.stored.type = values.back() < 256     ? VoxelType::uint8
                     : values.back() < 65536 ? VoxelType::uint16
                                             : VoxelType::int32;
  mask.voxels.reserve(numbers.size());
  for (const std::uint8_t number : numbers) mask.voxels.push_back(values[number]);
  return mask;
}

}  // namespace voxprior
