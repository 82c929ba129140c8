#include "workflows/batch/slurm_submit.h"

#include <sys/wait.h>

#include <cstdio>

#include "base/error.h"
#include "workflows/batch/slurm_script.h"

namespace voxprior {
namespace {

/// What a shell command prints, errors included; its exit status in *status.
std::string output_of(const std::string& command, int* status) {
  std::FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) fail(ExitCode::resources, "cannot start a shell to run sbatch");
  std::string text;
  char buffer[512];
  while (const std::size_t count = std::fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, count);
  const int ended = ::pclose(pipe);
  *status = WIFEXITED(ended) ? WEXITSTATUS(ended) : 1;
  return text;
}

/// The number of the job that `sbatch --parsable` prints: "123" or "123;cluster".
std::string submitted(const std::string& options, const std::filesystem::path& script) {
  int status = 0;
  const std::string text = output_of("sbatch --parsable " + options + " " + shell_quoted(script.string()), &status);
  const std::string number = text.substr(0, text.find_first_not_of("0123456789"));
  if (status != 0 || number.empty()) {
    fail(ExitCode::resources, "sbatch does not take ", script, ": ", text.substr(0, text.find('\n')),
         "; --dry-run shows the scripts");
  }
  return number;
}

}  // namespace

SlurmJobs submit_to_slurm(const std::filesystem::path& array_script, const std::filesystem::path& collector_script) {
  SlurmJobs jobs;
  jobs.array = submitted("", array_script);
  jobs.collector = submitted("--dependency=afterany:" + jobs.array, collector_script);
  return jobs;
}

}  // namespace voxprior
