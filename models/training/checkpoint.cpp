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
  if (file.metadata["kind"] != "training checkpoint")
    fail(ExitCode::model, path.string(),
         ": is no training checkpoint; --resume needs the folder of an interrupted run");
  return {std::stoll(file.metadata["step"]), file.metadata["data"], std::move(file.tensors)};
}

}  // namespace voxprior
