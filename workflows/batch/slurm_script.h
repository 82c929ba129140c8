#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace voxprior {

/// A batch as a job array of Slurm: task i does shard i.
struct SlurmArray {
  std::filesystem::path program;     ///< voxprior, as the nodes see it
  std::filesystem::path run_folder;  ///< relative names in the words mean from here
  std::filesystem::path log_folder;
  std::vector<std::string> batch;      ///< the words of a task behind the program, without --shard
  std::vector<std::string> collector;  ///< the words of the job that sums up
  std::size_t tasks = 1;
  long long at_once = 0;                 ///< tasks that may run at a time; 0: as Slurm likes
  long long threads = 0, memory_mb = 0;  ///< asked for each task; 0: nothing is asked
  std::vector<std::string> options;      ///< more of sbatch: "--partition=long"
};

/// The script of the array. A task may be stopped, requeued or run twice: what is done is left alone. Before its time
/// is up it stops in order and puts itself back into the queue.
std::string array_script(const SlurmArray& array);

/// The script of the collector, to be run when all tasks have ended, well or not.
std::string collector_script(const SlurmArray& array);

/// A word as a shell takes it, whatever is in it.
std::string shell_quoted(const std::string& word);

}  // namespace voxprior
