#pragma once

#include <optional>

#include "workflows/cli/progress.h"
#include "workflows/compare/child_process.h"
#include "workflows/compare/comparison_config.h"

namespace voxprior {

/// What became of a contender on its way, after `step` steps: of as many samples as are judged of the finished model,
/// drawn with the same seed. In `folder` lie samples/, snapshot-synthesis.json and snapshot-modes.json.
struct SnapshotRun {
  std::int64_t step = 0;
  std::filesystem::path folder;
  std::optional<ChildOutcome> synth, synthesis, modes;
};

/// What became of one contender with one seed. A step that did not run, because an earlier one failed or because it is
/// not asked for, is empty; what the steps that went well wrote lies in `folder`: train/metrics.jsonl, samples/,
/// judged/ (the first of the samples), synthesis.json, synthesis.png, copies.json, copies.png, modes.json,
/// downstream.json.
struct SeedRun {
  std::size_t contender = 0;  ///< index into config.contenders
  std::int64_t seed = 0;
  std::filesystem::path folder;
  std::int64_t steps = 0;  ///< of training; 0 for a model
  std::optional<ChildOutcome> train, synth, synthesis, memorisation, modes, downstream;
  std::vector<SnapshotRun> snapshots;  ///< by their steps; of a training that ended early, those that it reached

  std::filesystem::path model_file() const { return folder / "train" / "model.safetensors"; }
};

/// Everything that a comparison ran.
struct ComparisonRun {
  ComparisonConfig config;
  std::filesystem::path folder;
  std::vector<SeedRun> runs;               ///< seeds of the first contender, of the second, ...
  std::optional<ChildOutcome> downstream;  ///< of the real training volumes themselves, in folder/real
  std::size_t training_volumes = 0, held_out_volumes = 0;
};

/// Runs what is not done yet, in child processes of this program. A contender that diverges or crashes is a result.
/// Throws Error(ExitCode::input) when a training volume is also a held-out one, Error(ExitCode::output) when `folder`
/// holds another comparison or `resume` is not set where one was begun, Error(ExitCode::resumable) when interrupted.
ComparisonRun run_comparison(const ComparisonConfig& config, const std::string& config_text,
                             const std::filesystem::path& folder, bool resume, int threads, ProgressDisplay& progress);

}  // namespace voxprior
