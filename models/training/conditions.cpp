#include "models/training/conditions.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/error.h"
#include "base/sha256.h"
#include "models/label_shares.h"

namespace voxprior {
namespace {

std::vector<std::string> classes_of(const std::vector<TrainingVolume>& volumes) {
  std::set<std::string> names;
  for (const TrainingVolume& volume : volumes) {
    if (volume.class_name.empty())
      fail(ExitCode::input, volume.name,
           ": has no class, and conditioning.on names class; give it one in [data.classes] or with prepare --class");
    if (!is_fit_name(volume.class_name))
      fail(ExitCode::input, volume.name, ": the name of its class must have 1 to 80 letters");
    names.insert(volume.class_name);
  }
  return {names.begin(), names.end()};
}

// The edges as a network is told them: whole volumes after their halvings, patches in any orientation.
Spacing told_spacing(const TrainingVolume& volume, const TrainingConfig& config) {
  Spacing mm = volume.spacing_mm;
  for (double& edge : mm) edge *= std::exp2(static_cast<double>(config.data.halvings));
  return mm;
}

SpacingRange spacing_of(const std::vector<TrainingVolume>& volumes, const TrainingConfig& config) {
  std::map<Spacing, int> seen;
  for (const TrainingVolume& volume : volumes) ++seen[told_spacing(volume, config)];
  const auto rarer = [](const auto& a, const auto& b) { return a.second < b.second; };
  const Spacing typical = std::max_element(seen.begin(), seen.end(), rarer)->first;
  SpacingRange range{typical, typical, typical};
  for (const auto& [mm, count] : seen)
    for (std::size_t axis = 0; axis < 3; ++axis) {
      range.smallest_mm[axis] = std::min(range.smallest_mm[axis], mm[axis]);
      range.largest_mm[axis] = std::max(range.largest_mm[axis], mm[axis]);
    }
  if (config.kind == ModelKind::detail) {
    range.smallest_mm.fill(*std::min_element(range.smallest_mm.begin(), range.smallest_mm.end()));
    range.largest_mm.fill(*std::max_element(range.largest_mm.begin(), range.largest_mm.end()));
  }
  return range;
}

void check_labelled(const std::vector<TrainingVolume>& volumes) {
  for (const TrainingVolume& volume : volumes)
    if (!volume.label_map.defined())
      fail(ExitCode::input, volume.name,
           ": has no label volume, which [labels] asks for; see data.labels and prepare --labels");
}

}  // namespace

Conditioning conditioning_of(const std::vector<TrainingVolume>& volumes, const TrainingConfig& config) {
  Conditioning conditioning;
  if (volumes.empty()) return conditioning;
  if (config.conditioning.on("class")) conditioning.classes = classes_of(volumes);
  if (config.conditioning.on("spacing")) conditioning.spacing = spacing_of(volumes, config);
  if (!config.labels.empty()) check_labelled(volumes);
  if (config.conditioning.on("mask")) conditioning.labels = config.labels;
  return conditioning;
}

std::string identity_of_conditions(const std::vector<TrainingVolume>& volumes, const TrainingConfig& config) {
  if (config.conditioning.what.empty()) return "";
  Sha256 hash;
  for (const TrainingVolume& volume : volumes) {
    if (config.conditioning.on("class")) hash.update(volume.class_name.data(), volume.class_name.size());
    if (config.conditioning.on("spacing")) hash.update(volume.spacing_mm.data(), sizeof volume.spacing_mm);
    if (config.conditioning.on("mask") && volume.label_map.defined())
      hash.update(volume.label_map.data_ptr<std::uint8_t>(), static_cast<std::size_t>(volume.label_map.numel()));
  }
  return " told " + hash.hex();
}

void leave_out(TrainingSample& sample, const Conditioning& conditioning, double share, Random& random) {
  if (conditioning.classes.empty() && conditioning.labels.empty()) return;
  const bool both = random.uniform() < share, class_alone = random.uniform() < share,
             mask_alone = random.uniform() < share;
  const bool one_condition = conditioning.classes.empty() || conditioning.labels.empty();
  if (both || (class_alone && !one_condition)) sample.class_number = -1;
  if (both || (mask_alone && !one_condition)) sample.mask = torch::Tensor();
}

Condition condition_of(const std::vector<TrainingSample>& samples, const Conditioning& conditioning) {
  Condition condition;
  std::vector<std::int64_t> numbers;
  std::vector<torch::Tensor> spacings, masks;
  for (const TrainingSample& sample : samples) {
    const Spacing& mm = sample.spacing_mm;
    numbers.push_back(sample.class_number);
    spacings.push_back(torch::tensor({mm[0], mm[1], mm[2]}, torch::kFloat32));
    if (conditioning.labels.empty()) continue;
    const auto channels = static_cast<std::int64_t>(conditioning.labels.size()) + 1;
    const torch::Tensor& x = sample.voxels;
    masks.push_back(sample.mask.defined() ? sample.mask : torch::zeros({channels, x.size(-3), x.size(-2), x.size(-1)}));
  }
  if (!conditioning.classes.empty()) condition.classes = torch::tensor(numbers, torch::kLong);
  if (conditioning.spacing) condition.spacing_mm = torch::stack(spacings);
  if (!masks.empty()) condition.mask = torch::stack(masks);
  return condition;
}

Condition condition_of(const TrainingVolume& volume, const Conditioning& conditioning) {
  TrainingSample sample{volume.voxels, volume.spacing_mm, class_number(conditioning, volume.class_name), {}};
  if (!conditioning.classes.empty() && sample.class_number < 0)
    fail(ExitCode::input, volume.name, ": is of class '", volume.class_name, "', of which there is no training volume");
  if (!conditioning.labels.empty()) {
    check_labelled({volume});
    sample.mask = label_shares(volume.label_map, conditioning.labels.size());
  }
  return condition_of({sample}, conditioning);
}

}  // namespace voxprior
