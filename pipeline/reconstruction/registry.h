#pragma once

#include <string>
#include <vector>

#include "pipeline/reconstruction/reconstruct.h"

namespace voxprior {

/// A method that the command line knows by name.
struct NamedMethod {
  std::string name;
  std::string summary;  ///< one line for --help
  bool needs_denoiser = false;
  bool draws_noise = false;          ///< a sampler: another seed is another sample
  std::vector<std::string> options;  ///< names of the members of MethodOptions that it reads
  ReconstructionMethod reconstruct;
};

/// All of them, in the order in which help lists them: from the plainest to the costliest.
const std::vector<NamedMethod>& named_methods();

/// Throws Error(ExitCode::usage) that lists the names when `name` is none of them.
const NamedMethod& method_by_name(const std::string& name);

}  // namespace voxprior
