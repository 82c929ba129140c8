#include "models/cascade_files.h"

#include <algorithm>
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

std::string listed_sides(const std::vector<std::int64_t>& size) {
  return std::to_string(size[0]) + "x" + std::to_string(size[1]) + "x" + std::to_string(size[2]);
}

// Levels that know classes or labels must know the same: a name means one thing throughout a cascade.
void merge_names(const ModelCard& level, const fs::path& path, Conditioning& all) {
  const Conditioning& own = level.conditioning;
  const auto refuse = [&](const char* what, const std::string& these, const std::string& those) {
    fail(ExitCode::model, path, ": knows the ", what, ' ', these, ", another level of the cascade ", those,
         "; they do not belong together");
  };
  if (!own.classes.empty() && !all.classes.empty() && own.classes != all.classes)
    refuse("classes", listed(own.classes), listed(all.classes));
  if (!own.labels.empty() && !all.labels.empty() && own.labels != all.labels)
    refuse("labels", listed(own.labels), listed(all.labels));
  if (!own.classes.empty()) all.classes = own.classes;
  if (!own.labels.empty()) all.labels = own.labels;
}

// What the coarse level allows, at the resolution of the last octave.
SpacingRange coarse_spacing(const ModelCard& coarse, std::size_t octaves) {
  const double edge = coarse.voxel_max_mm;
  SpacingRange range =
      coarse.conditioning.spacing.value_or(SpacingRange{{edge, edge, edge}, {edge, edge, edge}, {edge, edge, edge}});
  for (int axis = 0; axis < 3; ++axis)
    for (Spacing* mm : {&range.smallest_mm, &range.largest_mm, &range.typical_mm})
      (*mm)[axis] /= std::exp2(static_cast<double>(octaves));
  return range;
}

// Narrows it to what an octave allows, whose voxels are `coarser` times those of the last.
void narrow_spacing(const ModelCard& octave, double coarser, const fs::path& path, SpacingRange& range) {
  if (!octave.conditioning.spacing) return;
  const SpacingRange& own = *octave.conditioning.spacing;
  constexpr double kTolerance = 0.01;
  for (int axis = 0; axis < 3; ++axis) {
    double& low = range.smallest_mm[axis];
    double& high = range.largest_mm[axis];
    if (own.smallest_mm[axis] / coarser > high * (1 + kTolerance) ||
        own.largest_mm[axis] / coarser < low * (1 - kTolerance))
      fail(ExitCode::model, path, ": was trained on voxels of ", listed(own.smallest_mm), " to ",
           listed(own.largest_mm), " mm, which the coarser levels do not lead to; they do not belong together");
    low = std::min(std::max(low, own.smallest_mm[axis] / coarser), high);
    high = std::max(std::min(high, own.largest_mm[axis] / coarser), low);
    range.typical_mm[axis] = std::clamp(range.typical_mm[axis], low, high);
  }
}

// A mask model draws the labels that the volumes are told, on a grid that doublings bring to theirs.
void check_mask(const fs::path& path, LoadedCascade& cascade) {
  const ModelCard& card = cascade.mask->card;
  if (card.draws.empty() || card.draws != cascade.conditioning.labels)
    fail(ExitCode::model, path, ": draws the labels ", card.draws.empty() ? "none" : listed(card.draws),
         ", the model is told ", cascade.conditioning.labels.empty() ? "none" : listed(cascade.conditioning.labels),
         "; they do not belong together");
  merge_names(card, path, cascade.conditioning);
  if (card.conditioning.spacing)
    fail(ExitCode::model, path, ": is told a voxel size, which a mask model cannot be; train it on one");
  cascade.mask_size = grid_of(card, path);
  std::vector<std::int64_t> size = cascade.coarse_size;
  for (std::int64_t& side : size) side <<= cascade.octaves.size();
  std::vector<std::int64_t> doubled = cascade.mask_size;
  while (doubled[0] < size[0])
    for (std::int64_t& side : doubled) side *= 2;
  if (doubled != size)
    fail(ExitCode::model, path, ": makes masks of ", listed_sides(cascade.mask_size),
         " voxels, which doublings do not bring to the ", listed_sides(size), " of the volumes (k, j, i)");
}

// What guides a level by being worse must make the same volumes, be told the same and see no farther: tiles are cut for
// the level.
void check_weak(const LoadedDenoiser& weak, const LoadedDenoiser& level, const fs::path& path) {
  check_fits(weak.card, level.card, path);
  const bool same_grid =
      weak.card.widths.count("grid") == 0 || widths_of(weak.card, "grid", path) == widths_of(level.card, "grid", path);
  if (!same_grid || weak.card.conditioning != level.card.conditioning ||
      weak.card.autoencoder_sha256 != level.card.autoencoder_sha256 || weak.card.distilled || level.card.distilled)
    fail(ExitCode::model, path,
         ": makes volumes of another grid, latent space or condition than the network it lies beside, or one of them "
         "is distilled; they do not belong together");
  if (weak.locality.halo > level.locality.halo || level.locality.alignment % weak.locality.alignment != 0)
    fail(ExitCode::model, path, ": sees farther than the network it lies beside; train it with fewer levels or blocks");
}

std::optional<LoadedDenoiser> weak_beside(const LoadedDenoiser& level, const fs::path& file, torch::Device device,
                                          torch::ScalarType body_type, ModelKind kind) {
  fs::path path = file;
  path.replace_filename(file.stem().string() + "-weak.safetensors");
  if (!fs::exists(path)) return std::nullopt;
  LoadedDenoiser weak = load_denoiser(path, device, body_type, kind);
  check_weak(weak, level, path);
  return weak;
}

}  // namespace

LoadedCascade load_cascade(const fs::path& folder, torch::Device device, torch::ScalarType body_type,
                           ModelKind coarse_kind) {
  const fs::path coarse = folder / "coarse.safetensors";
  if (!fs::exists(coarse)) fail(ExitCode::model, folder, ": holds no coarse.safetensors; it is no synthesis model");
  LoadedCascade cascade;
  if (coarse_kind == ModelKind::gan) {
    cascade.generator = read_generator(coarse, device);
    cascade.coarse.card = cascade.generator->card;
    cascade.coarse.sha256 = cascade.generator->sha256;
  } else {
    cascade.coarse = load_denoiser(coarse, device, body_type, ModelKind::diffusion);
  }
  if (!cascade.coarse.card.draws.empty())
    fail(ExitCode::model, coarse, ": draws labels, not volumes; name it mask.safetensors");
  cascade.coarse_size = grid_of(cascade.coarse.card, coarse);
  merge_names(cascade.coarse.card, coarse, cascade.conditioning);
  cascade.weak.push_back(
      cascade.generator ? std::nullopt : weak_beside(cascade.coarse, coarse, device, body_type, ModelKind::diffusion));
  cascade.latent_space = latent_space_of(cascade.coarse, folder, device);
  const auto file_of = [&](std::size_t octave) {
    return folder / ("octave-" + std::to_string(octave) + ".safetensors");
  };
  for (std::size_t octave = 1; fs::exists(file_of(octave)); ++octave) {
    const fs::path file = file_of(octave);
    cascade.octaves.push_back(load_denoiser(file, device, body_type, ModelKind::detail));
    check_fits(cascade.octaves.back().card, cascade.coarse.card, file);
    merge_names(cascade.octaves.back().card, file, cascade.conditioning);
    cascade.weak.push_back(weak_beside(cascade.octaves.back(), file, device, body_type, ModelKind::detail));
  }
  const std::size_t octaves = cascade.octaves.size();
  cascade.spacing = coarse_spacing(cascade.coarse.card, octaves);
  for (std::size_t octave = 1; octave <= octaves; ++octave)
    narrow_spacing(cascade.octaves[octave - 1].card, std::exp2(static_cast<double>(octaves - octave)), file_of(octave),
                   cascade.spacing);
  if (const fs::path mask = folder / "mask.safetensors"; fs::exists(mask)) {
    cascade.mask = load_denoiser(mask, device, body_type, ModelKind::diffusion);
    check_mask(mask, cascade);
  }
  return cascade;
}

}  // namespace voxprior
