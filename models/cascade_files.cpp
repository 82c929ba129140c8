#include "models/cascade_files.h"

#include <cmath>
#include <string>

#include "base/error.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

std::vector<std::int64_t> grid_of(const ModelCard& card, const fs::path& path) {
  const std::vector<std::int64_t> grid = widths_of(card, "grid", path);
  const std::int64_t step = std::int64_t{1} << widths_of(card, "channels", path).size();
  bool fits = grid.size() == 3;
  for (const std::int64_t side : grid) fits = fits && side > 0 && side <= 4096 && side % step == 0;
  if (!fits) fail(ExitCode::model, path, ": model card: 'grid' is not three multiples of ", step);
  return grid;
}

void check_fits(const ModelCard& octave, const ModelCard& coarse, const fs::path& path) {
  if (octave.modality != coarse.modality || octave.intensity != coarse.intensity)
    fail(ExitCode::model, path, ": is for ", octave.modality, " in '", octave.intensity, "', the coarse model for ",
         coarse.modality, " in '", coarse.intensity, "'; they do not belong together");
}

// A latent means something to the autoencoder that made it alone: the hash must be that of training.
std::optional<LatentSpace> latent_space_of(const LoadedDenoiser& coarse, const fs::path& folder, torch::Device device) {
  const fs::path file = folder / "autoencoder.safetensors";
  const std::string& wanted = coarse.card.autoencoder_sha256;
  if (wanted.empty()) {
    if (fs::exists(file))
      fail(ExitCode::model, file, ": lies beside a coarse.safetensors that makes volumes, not latents; take it away");
    return std::nullopt;
  }
  if (!fs::exists(file))
    fail(ExitCode::model, file, ": missing; coarse.safetensors makes latents of the autoencoder with SHA-256 ", wanted);
  LatentSpace space(file, device);
  if (space.sha256() != wanted)
    fail(ExitCode::model, file, ": is not the autoencoder that coarse.safetensors was trained with (SHA-256 ",
         space.sha256(), ", wanted ", wanted, ")");
  if (fs::exists(folder / "octave-1.safetensors"))
    fail(ExitCode::model, folder / "octave-1.safetensors", ": a model of latents has no octaves; take it away");
  return space;
}

}  // namespace

double LoadedCascade::voxel_mm() const {
  return coarse.card.voxel_max_mm / std::pow(2., static_cast<double>(octaves.size()));
}

LoadedCascade load_cascade(const fs::path& folder, torch::Device device, torch::ScalarType body_type) {
  const fs::path coarse = folder / "coarse.safetensors";
  if (!fs::exists(coarse)) fail(ExitCode::model, folder, ": holds no coarse.safetensors; it is no synthesis model");
  LoadedCascade cascade;
  cascade.coarse = load_denoiser(coarse, device, body_type, ModelKind::diffusion);
  cascade.coarse_size = grid_of(cascade.coarse.card, coarse);
  cascade.latent_space = latent_space_of(cascade.coarse, folder, device);
  if (cascade.latent_space) return cascade;
  for (int octave = 1;; ++octave) {
    const fs::path file = folder / ("octave-" + std::to_string(octave) + ".safetensors");
    if (!fs::exists(file)) return cascade;
    cascade.octaves.push_back(load_denoiser(file, device, body_type, ModelKind::detail));
    check_fits(cascade.octaves.back().card, cascade.coarse.card, file);
  }
}

}  // namespace voxprior
