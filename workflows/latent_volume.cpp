#include "workflows/latent_volume.h"

#include <fstream>

#include "base/error.h"
#include "io/volume_file.h"
#include "workflows/model_grid.h"
#include "workflows/provenance.h"

namespace voxprior {

using nlohmann::ordered_json;

Volume latent_volume(const SynthFacts& model, std::vector<float> latent) {
  Volume volume;
  volume.geometry = geometry_of(model);
  volume.stored.type = VoxelType::float32;
  volume.voxels = std::move(latent);
  return volume;
}

StoredLatent read_latent(const std::filesystem::path& path, const SynthFacts& model, const ordered_json& settings) {
  std::ifstream file(sidecar_path(path), std::ios::binary);
  const ordered_json record = ordered_json::parse(file, nullptr, false);
  const bool known = record.is_object() && record.contains("latent") && record["latent"].is_object() &&
                     record["latent"].contains("settings") && record["latent"].contains("scale") &&
                     record["latent"]["scale"].is_number();
  if (!known)
    fail(ExitCode::input, path, ": no latent: ", sidecar_path(path).filename(),
         " beside it does not say how it was made; make it with encode");
  if (record["latent"]["settings"] != settings)
    fail(ExitCode::input, path, ": was encoded with ", record["latent"]["settings"].dump(),
         "; give the same model and steps");
  Volume volume = read_volume(path);
  if (volume.geometry.size != model.size) fail(ExitCode::input, path, ": is not on the grid of the model ", model.name);
  return {std::move(volume.voxels), record["latent"]["scale"].get<double>()};
}

}  // namespace voxprior
