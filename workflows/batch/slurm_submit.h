#pragma once

#include <filesystem>
#include <string>

namespace voxprior {

struct SlurmJobs {
  std::string array, collector;  ///< numbers
};

/// Submits the array and, to be run when all its tasks have ended, the collector. Throws Error(ExitCode::resources)
/// with what sbatch says when it refuses or is not there.
SlurmJobs submit_to_slurm(const std::filesystem::path& array_script, const std::filesystem::path& collector_script);

}  // namespace voxprior
