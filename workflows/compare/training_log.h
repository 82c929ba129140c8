#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace voxprior {

/// What the metrics.jsonl of a training says: a point for each report, and sums up to it.
struct TrainingLog {
  std::vector<std::int64_t> steps;
  std::vector<double> loss;  ///< NaN where it was not finite
  std::vector<double> seconds, cpu_seconds;
  double flop_per_step = 0;  ///< 0: not said

  /// Processor seconds that the first `step` steps took, between two reports by the share of the steps.
  double cpu_seconds_at(std::int64_t step) const;
};

/// Lines that are no reports are passed over; no file is a log without points.
TrainingLog read_training_log(const std::filesystem::path& metrics);

}  // namespace voxprior
