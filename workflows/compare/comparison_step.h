#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "workflows/compare/child_process.h"

namespace voxprior {

/// One run of this program within a comparison.
struct ComparisonStep {
  std::string name;                       ///< "train", "synth", ...: of its marker and log in `folder`
  std::filesystem::path folder;           ///< of the contender and seed; made if missing
  std::vector<std::string> words;         ///< the command
  std::vector<std::string> resume_words;  ///< more of them, where an earlier run was cut short
  std::string inputs;                     ///< hash of what it reads, beside the words
};

/// What the marker of a step that is over says, if it is of this very step (same words, same inputs).
std::optional<ChildOutcome> finished(const ComparisonStep& step);

/// The outcome from the marker, or else runs the step and writes its marker, FOLDER/NAME.done.json. A step that ended
/// badly is over, too: that is a result. Not so, and thrown instead, is a child that had no room on the disk
/// (ExitCode::output), was refused its arguments (usage), or was stopped.
ChildOutcome run_step(const ComparisonStep& step, const std::function<void()>& tick);

}  // namespace voxprior
