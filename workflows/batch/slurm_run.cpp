#include "workflows/batch/slurm_run.h"

#include <algorithm>
#include <iostream>

#include "base/atomic_file.h"
#include "base/error.h"
#include "workflows/batch/case_store.h"
#include "workflows/batch/slurm_script.h"
#include "workflows/batch/slurm_submit.h"
#include "workflows/platform.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kScansOfATask = 10, kMostTasks = 1000;  // Slurm's own limit is 1001 unless it is set

void append(std::vector<std::string>& words, const char* option, const std::vector<std::string>& values) {
  if (values.empty()) return;
  words.emplace_back(option);
  words.insert(words.end(), values.begin(), values.end());
}

std::vector<std::string> words_of_collector(const BatchWords& words) {
  std::vector<std::string> collector{"batch",  words.input, words.output, "group",
                                     "--task", words.task,  "--model",    words.denoise.model()};
  if (!words.work.empty()) append(collector, "--work-dir", {words.work});
  if (!words.filter_file.empty()) append(collector, "--bids-filter-file", {words.filter_file});
  append(collector, "--participant-label", words.selection.participants);
  append(collector, "--session-label", words.selection.sessions);
  return collector;
}

/// Where a line of the script begins with #SBATCH, no path may end it.
fs::path on_one_line(const fs::path& path) {
  if (path.string().find_first_of("\n\r\"") != std::string::npos) {
    fail(ExitCode::usage, path, ": has a quotation mark or a line break in its name, which Slurm does not take");
  }
  return path;
}

SlurmArray array_of(const BatchWords& words, const std::vector<std::string>& typed, std::size_t scans) {
  SlurmArray array;
  array.program = executable_path();
  array.run_folder = on_one_line(fs::current_path());
  array.log_folder = on_one_line(fs::absolute(words.work_folder() / "slurm"));
  array.batch = words_of_task(typed);
  array.batch.insert(array.batch.begin(), "batch");
  array.collector = words_of_collector(words);
  array.tasks = std::clamp<std::size_t>((scans + kScansOfATask - 1) / kScansOfATask, 1, kMostTasks);
  if (words.tasks > 0) array.tasks = std::min<std::size_t>(static_cast<std::size_t>(words.tasks), scans);
  array.at_once = words.at_once;
  array.threads = words.denoise.threads();
  array.memory_mb = words.denoise.memory_mb();
  array.options = words.slurm_options;
  return array;
}

void make_folder(const fs::path& folder) {
  std::error_code problem;
  fs::create_directories(folder, problem);
  if (problem) fail(ExitCode::output, folder, ": cannot create this folder: ", problem.message());
}

}  // namespace

void run_on_slurm(const BatchWords& words, const std::vector<std::string>& typed) {
  const BatchInput input = find_cases(words.request());
  words.make_task();  // what is wrong is better said here
  refuse_other_task(words.work_folder(), words.task);
  const SlurmArray array = array_of(words, typed, std::max<std::size_t>(input.cases.size(), 1));
  if (words.dry_run) {
    std::cout << array_script(array) << '\n' << collector_script(array);
    return;
  }
  make_folder(array.log_folder);
  const fs::path task_file = array.log_folder / "array.sh", collector_file = array.log_folder / "collect.sh";
  write_file(task_file, array_script(array), Overwrite::yes);
  write_file(collector_file, collector_script(array), Overwrite::yes);
  const SlurmJobs jobs = submit_to_slurm(task_file, collector_file);
  std::cout << "submitted: array " << jobs.array << ", " << array.tasks << " tasks for " << input.cases.size()
            << " scans; collector " << jobs.collector << "; logs in " << array.log_folder.string() << '\n';
}

}  // namespace voxprior
