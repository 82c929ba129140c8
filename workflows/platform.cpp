#include "workflows/platform.h"

#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace voxprior {
namespace {

/// The number in an environment variable, 0 when it is unset or no positive number. OMP_NUM_THREADS may be a list
/// ("4,2", one number for each nesting level): its first counts.
int count_from_environment(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? 0 : std::max(0, std::atoi(text));
}

int allowed_cores() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  if (sched_getaffinity(0, sizeof cores, &cores) != 0) return 1;
  return std::max(1, CPU_COUNT(&cores));
}

/// The first number in a file; `otherwise` when there is no file or no number ("max").
double number_in(const char* path, double otherwise) {
  std::ifstream file(path);
  double number = 0;
  return file >> number ? number : otherwise;
}

constexpr double kNoLimit = 1e18;

/// What the system says of its memory under `name`.
double memory_bytes(const std::string& name) {
  std::ifstream file("/proc/meminfo");
  std::string key, unit;
  for (double kilobytes = 0; file >> key >> kilobytes; std::getline(file, unit)) {
    if (key == name) return 1024 * kilobytes;
  }
  return 4e9;
}

double group_limit_bytes() { return number_in("/sys/fs/cgroup/memory.max", kNoLimit); }

}  // namespace

std::filesystem::path executable_path() { return std::filesystem::read_symlink("/proc/self/exe"); }

std::vector<std::string> process_command_line() {
  std::ifstream file("/proc/self/cmdline");
  std::vector<std::string> words;
  for (std::string word; std::getline(file, word, '\0');) words.push_back(word);
  return words;
}

int compute_threads(int requested) {
  if (requested > 0) return requested;
  if (const int threads = count_from_environment("OMP_NUM_THREADS")) return threads;
  if (const int threads = count_from_environment("SLURM_CPUS_PER_TASK")) return threads;
  return allowed_cores();
}

double free_memory_bytes() {
  const double group_used = number_in("/sys/fs/cgroup/memory.current", 0);
  return std::min(memory_bytes("MemAvailable:"), std::max(0., group_limit_bytes() - group_used));
}

double total_memory_bytes() {
  const int job_megabytes = count_from_environment("SLURM_MEM_PER_NODE");
  const double job = job_megabytes > 0 ? 1048576. * job_megabytes : kNoLimit;
  return std::min({memory_bytes("MemTotal:"), group_limit_bytes(), job});
}

}  // namespace voxprior
