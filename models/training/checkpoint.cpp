#include "models/training/checkpoint.h"

#include "base/error.h"
#include "models/weights/parameters.h"
#include "models/weights/safetensors.h"

namespace voxprior {

void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  SafetensorsFile file;
  file.tensors = checkpoint.tensors;
  file.metadata = {
      {"kind", "training checkpoint"}, {"step", std::to_string(checkpoint.step)}, {"data", checkpoint.data_identity}};
  write_safetensors(path, file, Overwrite::yes);
}

Checkpoint read_checkpoint(const std::filesystem::path& path) {
  SafetensorsFile file = read_safetensors(path);
  const std::string& step = file.metadata["step"];
  const bool is_number = !step.empty() && step.size() < 19 && step.find_first_not_of("0123456789") == std::string::npos;
  if (file.metadata["kind"] != "training checkpoint" || !is_number)
    fail(ExitCode::model, path, ": is no training checkpoint; --resume needs the folder of an interrupted run");
  return {std::stoll(step), file.metadata["data"], std::move(file.tensors)};
}

}  // namespace voxprior
