#pragma once

#include <string>

#include "workflows/cli/progress.h"

namespace voxprior {

/// Part `index` of `count` equal parts of the current stage, as the progress of a stage of its own.
class PartOfStage final : public ProgressDisplay {
 public:
  PartOfStage(ProgressDisplay& whole, int index, int count) : whole_(whole), index_(index), count_(count) {}

  void stage(const std::string&) override {}
  void update(double fraction) override { whole_.update((index_ + fraction) / count_); }
  void note(const std::string& line) override { whole_.note(line); }

 private:
  ProgressDisplay& whole_;
  int index_, count_;
};

}  // namespace voxprior
