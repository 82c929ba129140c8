#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "models/training/progress.h"
#include "models/training/validation.h"

namespace voxprior {

/// metrics.jsonl: one JSON object a report. The file is rewritten atomically at each report, so it is never half a
/// line.
class MetricsLog {
 public:
  explicit MetricsLog(std::filesystem::path file) : file_(std::move(file)) {}

  void start();                    ///< begin an empty log
  void resume(std::int64_t step);  ///< keep the lines up to `step`: what came after the checkpoint will be done again
  void append_divergence(std::int64_t step, const std::string& what);
  bool has(const std::string& key) const;  ///< in any line
  void append(const TrainingProgress& progress, const std::vector<ValidationScore>& scores);

 private:
  std::filesystem::path file_;
  std::string lines_;
};

}  // namespace voxprior
