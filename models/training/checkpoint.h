#pragma once

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace voxprior {

/// Everything a training run needs to go on bit for bit. Random numbers are not here: they are a function of the step.
struct Checkpoint {
  std::int64_t step = 0;      ///< steps done
  std::string data_identity;  ///< hash of the training volumes; another data set is refused on resume
  std::map<std::string, torch::Tensor> tensors;
};

void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);
Checkpoint read_checkpoint(const std::filesystem::path& path);  ///< throws Error(ExitCode::model) when damaged

}  // namespace voxprior
