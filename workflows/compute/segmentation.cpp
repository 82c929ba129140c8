// The part of `voxprior evaluate --downstream` that needs LibTorch.
#include "workflows/compute/segmentation.h"

#include <torch/types.h>

#include "models/training/train_segmenter.h"
#include "workflows/compute/device.h"
#include "workflows/compute/resource_errors.h"

namespace voxprior {
namespace {

torch::Tensor tensor_of(const std::vector<float>& voxels, const std::array<std::int64_t, 3>& size) {
  return torch::tensor(voxels).view({size[2], size[1], size[0]});
}

void segment_all(const SegmentationTask& task, ProgressDisplay& progress,
                 std::vector<std::vector<std::uint8_t>>& labels) {
  use_cpu(task.threads);
  std::vector<torch::Tensor> volumes, truths;
  for (std::size_t n = 0; n < task.train.size(); ++n) {
    volumes.push_back(tensor_of(task.train[n], task.size).unsqueeze(0));
    const std::vector<std::int64_t> truth(task.train_labels[n].begin(), task.train_labels[n].end());
    truths.push_back(torch::tensor(truth).view({task.size[2], task.size[1], task.size[0]}));
  }
  SegmenterTraining training;
  training.classes = task.classes;
  training.steps = task.steps;
  training.seed = task.seed;
  Segmenter network = train_segmenter(torch::stack(volumes), torch::stack(truths), training,
                                      [&](double share) { progress.update(share); });
  for (const std::vector<float>& voxels : task.test) {
    const torch::Tensor found = segment(network, tensor_of(voxels, task.size)).contiguous();
    labels.emplace_back(found.data_ptr<std::uint8_t>(), found.data_ptr<std::uint8_t>() + found.numel());
    progress.update(1);
  }
}

}  // namespace
}  // namespace voxprior

void voxprior_segment(const voxprior::SegmentationTask& task, voxprior::ProgressDisplay& progress,
                      std::vector<std::vector<std::uint8_t>>& labels) {
  voxprior::with_resource_errors([&] { voxprior::segment_all(task, progress, labels); });
}
