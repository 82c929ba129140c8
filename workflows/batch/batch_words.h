#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "workflows/batch/batch_task.h"
#include "workflows/batch/find_cases.h"
#include "workflows/cli/arguments.h"
#include "workflows/denoise_options.h"
#include "workflows/read_choices.h"
#include "workflows/superres.h"

namespace voxprior {

/// What the command line of `batch` says.
struct BatchWords {
  std::string input, output, level = "participant", work, shard, filter_file, task;
  BidsSelection selection;
  bool allow_gaps = false, keep_private = false, overwrite = false, retry_crashed = false;
  bool slurm = false, dry_run = false;
  long long tasks = 0, at_once = 0;  ///< of the job array; 0: not given
  std::vector<std::string> slurm_options;
  DenoiseOptions denoise;
  ReadChoices reading;
  SuperresChoices superres;

  void add_to(Arguments& arguments);

  /// Throws Error(ExitCode::usage) for options that do not go together.
  void check() const;

  BatchRequest request() const;

  /// What is done with each scan. Throws Error(ExitCode::model) for a model that is not there.
  std::unique_ptr<BatchTask> make_task() const;
  std::filesystem::path work_folder() const;

  /// Whether all scans are meant, and not a part of them.
  bool whole() const { return shard.empty() && selection.participants.empty() && selection.sessions.empty(); }

 private:
  bool is_superres() const;
};

/// The words of a command line without those that ask for Slurm: what each task is to be told.
std::vector<std::string> words_of_task(const std::vector<std::string>& typed);

}  // namespace voxprior
