#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "workflows/cli/progress.h"

namespace voxprior {

/// A segmentation network to train on some volumes and to use on others, all of one size, i fastest, axes multiples of
/// 4, in normalised intensity.
struct SegmentationTask {
  std::array<std::int64_t, 3> size{};
  std::vector<std::vector<float>> train, test;
  std::vector<std::vector<std::uint8_t>> train_labels;  ///< 0 .. classes-1, one a volume of `train`
  std::int64_t classes = 2, steps = 300;
  std::uint64_t seed = 0;
  int threads = 1;
};

}  // namespace voxprior

/// Exported by the compute module: the labels that the trained network gives each volume of `test`.
extern "C" void voxprior_segment(const voxprior::SegmentationTask& task, voxprior::ProgressDisplay& progress,
                                 std::vector<std::vector<std::uint8_t>>& labels);
