#pragma once

#include <functional>
#include <string>

#include "workflows/cli/progress.h"

namespace voxprior {

/// The progress of one case of many: its stages with "12/40 NAME: " in front. Notes of the first case alone are shown,
/// the others say the same. `tick` is called as often as the progress is, and may throw.
class CaseProgress final : public ProgressDisplay {
 public:
  CaseProgress(ProgressDisplay& whole, std::string prefix, bool with_notes, std::function<void()> tick)
      : whole_(whole), prefix_(std::move(prefix)), with_notes_(with_notes), tick_(std::move(tick)) {}

  void stage(const std::string& name) override {
    tick_();
    whole_.stage(prefix_ + name);
  }
  void update(double fraction) override {
    tick_();
    whole_.update(fraction);
  }
  void note(const std::string& line) override {
    if (with_notes_) whole_.note(line);
  }

 private:
  ProgressDisplay& whole_;
  std::string prefix_;
  bool with_notes_;
  std::function<void()> tick_;
};

}  // namespace voxprior
