#include "workflows/downstream_use.h"

#include <cstdio>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/version.h"
#include "pipeline/intensity/tissue_classes.h"
#include "pipeline/metrics/dice.h"
#include "pipeline/metrics/modes/mode_assignment.h"
#include "pipeline/metrics/sets/over_seeds.h"
#include "workflows/compute/module.h"
#include "workflows/compute/segmentation.h"
#include "workflows/mode_folder.h"
#include "workflows/platform.h"
#include "workflows/volume_set.h"

namespace voxprior {
namespace {

using Labels = std::vector<std::uint8_t>;

constexpr int kTissueClasses = 3;
constexpr std::size_t kFewestVolumes = 10;
constexpr std::int64_t kAlignment = 4;  // of the network

struct Labelled {
  Image image;
  std::optional<Labels> labels;  ///< nothing for a volume that the rule cannot label
};

/// How volumes get labels without a person.
class LabelRule {
 public:
  explicit LabelRule(const DownstreamEvaluation& evaluation) {
    if (evaluation.rule == "shape") assigner_ = std::make_unique<ModeAssigner>(design_of_folder(evaluation.test));
  }

  /// Without the background.
  int classes() const { return assigner_ ? 1 : kTissueClasses; }

  std::optional<Labels> operator()(const Image& image) const {
    if (!assigner_) return tissue_classes(image.voxels.data(), image.voxels.size(), kTissueClasses, kForeground);
    const auto mode = assigner_->assign(image);
    if (!mode) return std::nullopt;
    const Mode& found = assigner_->design().modes[*mode];
    const ShapeProfile profile =
        shape_profile(assigner_->design().side, found.shape, found.position, assigner_->fit(image).shift);
    Labels labels(image.voxels.size());
    for (std::size_t n = 0; n < profile.voxels.size(); ++n) labels[profile.voxels[n]] = profile.shares[n] >= 0.5f;
    return labels;
  }

 private:
  std::unique_ptr<ModeAssigner> assigner_;
};

/// Without what is beyond the last multiple of the network's alignment at the upper ends.
template <typename T>
std::vector<T> cut(const std::vector<T>& voxels, const Image& image, const std::array<std::int64_t, 3>& size) {
  std::vector<T> kept;
  for (std::int64_t k = 0; k < size[2]; ++k)
    for (std::int64_t j = 0; j < size[1]; ++j)
      for (std::int64_t i = 0; i < size[0]; ++i) kept.push_back(voxels[static_cast<std::size_t>(image.at(i, j, k))]);
  return kept;
}

struct Result {
  std::size_t trained_on = 0, left_out = 0;
  std::vector<double> dice;
};

SegmentationTask task_of(const std::vector<Labelled>& train, const std::vector<Labelled>& test,
                         const DownstreamEvaluation& evaluation, const LabelRule& rule) {
  SegmentationTask task;
  for (int axis = 0; axis < 3; ++axis) task.size[axis] = train[0].image.size[axis] / kAlignment * kAlignment;
  task.classes = rule.classes() + 1;
  task.steps = evaluation.steps;
  task.seed = evaluation.seed;
  task.threads = compute_threads(evaluation.threads);
  for (const Labelled& volume : train) {
    if (!volume.labels) continue;
    task.train.push_back(cut(volume.image.voxels, volume.image, task.size));
    task.train_labels.push_back(cut(*volume.labels, volume.image, task.size));
  }
  for (const Labelled& volume : test)
    if (volume.labels) task.test.push_back(cut(volume.image.voxels, volume.image, task.size));
  if (task.train.size() < kFewestVolumes || task.test.size() < kFewestVolumes)
    fail(ExitCode::input, evaluation.train, ": ", task.train.size(), " volumes to train on and ", task.test.size(),
         " to test on can be labelled by the rule; at least ", kFewestVolumes, " of each are needed");
  return task;
}

void print_and_write(const DownstreamEvaluation& evaluation, const Result& result) {
  std::vector<Estimate> volumes;
  for (const double d : result.dice) volumes.push_back({d, d, d});
  const Estimate dice = over_seeds(volumes, evaluation.seed);
  std::printf(
      "Dice %.4f [%.4f, %.4f] over %zu volumes; trained %lld steps on %zu volumes (%zu could not be labelled)\n",
      dice.mean, dice.low, dice.high, result.dice.size(), static_cast<long long>(evaluation.steps), result.trained_on,
      result.left_out);
  std::fflush(stdout);
  if (evaluation.json_file.empty()) return;
  const nlohmann::ordered_json json{{"program", "voxprior"},
                                    {"version", version()},
                                    {"notice", "Research use only: not a medical device."},
                                    {"command_line", process_command_line()},
                                    {"rule", evaluation.rule},
                                    {"steps", evaluation.steps},
                                    {"seed", evaluation.seed},
                                    {"trained_on", result.trained_on},
                                    {"left_out", result.left_out},
                                    {"dice", {{"mean", dice.mean}, {"low", dice.low}, {"high", dice.high}}},
                                    {"dice_of_each", result.dice}};
  write_file(evaluation.json_file, json.dump(2, ' ', false, nlohmann::detail::error_handler_t::replace) + "\n",
             evaluation.overwrite);
  std::cout << "wrote " << evaluation.json_file << '\n';
}

}  // namespace

void evaluate_downstream(const DownstreamEvaluation& evaluation, ProgressDisplay& progress) {
  const LabelRule rule(evaluation);
  ComparableVolumes reader(evaluation.reading);
  const int threads = compute_threads(evaluation.threads);
  const auto label = [&](const Image& image) { return Labelled{image, rule(image)}; };
  progress.stage("volumes to test on");
  const auto test = describe_volumes<Labelled>(volumes_in(evaluation.test), reader, threads, progress, label);
  progress.stage("volumes to train on");
  const auto train = describe_volumes<Labelled>(volumes_in(evaluation.train), reader, threads, progress, label);
  const SegmentationTask task = task_of(train, test, evaluation, rule);

  progress.stage("training the segmentation");
  std::vector<Labels> found;
  compute_function<decltype(voxprior_segment)>("voxprior_segment")(task, progress, found);
  Result result{task.train.size(), train.size() - task.train.size(), {}};
  std::size_t at = 0;
  for (const Labelled& volume : test)
    if (volume.labels)
      result.dice.push_back(mean_dice(found[at++], cut(*volume.labels, volume.image, task.size), rule.classes()));
  progress.finish();
  print_and_write(evaluation, result);
}

}  // namespace voxprior
