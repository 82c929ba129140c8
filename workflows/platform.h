#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace voxprior {

/// The program's own file, links resolved.
std::filesystem::path executable_path();

/// The words that started this process, the program's name first.
std::vector<std::string> process_command_line();

/// How many threads to compute with: `requested` if positive, else OMP_NUM_THREADS, else SLURM_CPUS_PER_TASK, else the
/// cores that this process may run on (its affinity mask: taskset and containers shrink it).
int compute_threads(int requested);

/// Memory that can still be taken without swapping, within the limit of the control group (container, Slurm job).
double free_memory_bytes();

/// Memory that this process may take in all: of the machine, the control group or the Slurm job, whichever is least.
/// The same from one run to the next, unlike what is free.
double total_memory_bytes();

}  // namespace voxprior
