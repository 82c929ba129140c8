#include "workflows/denoising.h"

#include <algorithm>
#include <cstdio>

#include "base/error.h"
#include "pipeline/intensity/normalise.h"
#include "pipeline/noise/residual_structure.h"
#include "workflows/denoiser_at_noise.h"
#include "workflows/network_units.h"
#include "workflows/statistics.h"

namespace voxprior {
namespace {

constexpr double kNegligibleSigma =
    0.0005;                               // of the intensity range: a tenth of the weakest noise a model is trained on
constexpr double kLibraryBytes = 300e6;   // LibTorch, loaded
constexpr double kMapBytesPerVoxel = 28;  // sigma of each voxel in both units, levels, the network's sum
constexpr double kSpectrumBytesPerVoxel = 24;     // a complex volume with a margin, and the noise that is added
constexpr double kUncertaintyBytesPerVoxel = 60;  // the network's input and answer, a sample in steps, mean and spread
constexpr double kBridgeBytesPerVoxel = 16;       // scan, point of the bridge, prediction, noise
constexpr double kBytesPerVoxel = 17;  // what we hold: input, copy for the network, result, residual, background

std::string with_digits(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

IntensityMap intensity_unit(const Volume& volume, bool ct) {
  return ct ? ct_intensity_map() : mr_intensity_map(volume.voxels.data(), volume.voxels.size());
}

void refuse_other_modality(const Volume& volume, const ModelFacts& model, const DenoiseChoices& choices) {
  if (choices.force || model.modality == "any") return;
  const bool ct = is_ct(volume);
  if (ct != (model.modality == "ct")) {
    fail(ExitCode::input, choices.volume_name, ": looks like ", ct ? "CT (values near -1000)" : "MR", ", but model '",
         model.name, "' was trained on ", model.modality, "; choose another --model, or insist with --force");
  }
}

/// What no model here can work with, said before one is loaded.
void refuse_unfit(const Volume& volume, const DenoiseChoices& choices) {
  const auto& size = volume.geometry.size;
  const auto [least, greatest] = std::minmax_element(volume.voxels.begin(), volume.voxels.end());
  if (*std::min_element(size.begin(), size.end()) < 2) {
    fail(ExitCode::input, choices.volume_name, ": is one voxel thick; the model needs a 3D volume");
  }
  if (*greatest <= 0) {
    fail(ExitCode::input, choices.volume_name, ": has no voxel above 0; the model needs positive intensities");
  }
  if (choices.noise.kind == NoiseKind::rician && *least < 0) {
    fail(ExitCode::input, choices.volume_name,
         ": has negative voxels, which magnitudes with Rician noise have not; use --noise gaussian");
  }
}

void note_unusual_voxels(const Geometry& geometry, const ModelFacts& model, std::vector<std::string>& notices) {
  const auto [finest, coarsest] = std::minmax_element(geometry.spacing_mm.begin(), geometry.spacing_mm.end());
  if (*finest < 0.9 * model.voxel_min_mm || *coarsest > 1.1 * model.voxel_max_mm) {
    notices.push_back("voxels of " + with_digits("%.3g", *finest) + " to " + with_digits("%.3g", *coarsest) +
                      " mm; the model was trained on " + with_digits("%.3g", model.voxel_min_mm) + " to " +
                      with_digits("%.3g", model.voxel_max_mm) + " mm: check the residual");
  }
}

DenoisePlan plan_within(const DenoiseSession& session, const Volume& volume, const NoiseLevel& noise,
                        const DenoiseChoices& choices, ProgressDisplay& progress) {
  const double per_voxel = kBytesPerVoxel + (noise.map.empty() ? 0 : kMapBytesPerVoxel) +
                           (noise.filter.keeps_all() ? 0 : kSpectrumBytesPerVoxel) +
                           (choices.uncertainty.any() ? kUncertaintyBytesPerVoxel : 0) +
                           (session.model().bridge ? kBridgeBytesPerVoxel : 0);
  const double held_bytes = kLibraryBytes + per_voxel * static_cast<double>(volume.geometry.voxel_count());
  const double left_bytes = choices.memory_bytes - held_bytes;
  if (left_bytes <= 0) {
    fail(ExitCode::resources, choices.volume_name, ": the volume and the libraries take ",
         with_digits("%.0f", held_bytes / 1e6), " MB, more than the ", with_digits("%.0f", choices.memory_bytes / 1e6),
         " allowed; raise --memory");
  }
  const DenoisePlan plan = session.plan(volume.geometry.size, left_bytes, choices.tile);
  progress.note("model " + session.model().name + " on " + session.device() + ", " + std::to_string(plan.tiles) +
                (plan.tiles == 1 ? " tile" : " tiles") + ", about " +
                with_digits("%.0f", (plan.peak_bytes + held_bytes) / 1e6) + " MB of memory");
  return plan;
}

/// x + strength (D - x): what is left of the noise is 1 - strength of it.
void apply_strength(std::vector<float>& denoised, const std::vector<float>& noisy, double strength) {
  if (strength == 1) return;
  for (size_t i = 0; i < noisy.size(); ++i)
    denoised[i] = static_cast<float>(noisy[i] + strength * (denoised[i] - noisy[i]));
}

/// The figure, and a warning where it is large.
double structure_of(const Volume& noisy, const std::vector<float>& denoised, const NoiseLevel& noise,
                    std::vector<std::string>& notices) {
  const std::vector<float> sigma = noise.map.empty() ? std::vector<float>{static_cast<float>(noise.sigma)} : noise.map;
  const double structure =
      residual_structure(noisy.voxels, denoised, sigma, noise.kind == NoiseKind::rician, noisy.geometry.size);
  if (structure > kMuchResidualStructure) {
    notices.push_back(
        "what was removed is stronger along edges (correlation " + with_digits("%.2f", structure) +
        "; noise alone gives less than " + with_digits("%.2f", kMuchResidualStructure) +
        "): anatomy may have gone with the noise; look at --residual, or use a smaller --sigma or --strength");
  }
  return structure;
}

/// Replaces the voxels of `result`, which are those of the volume, by where the bridge leads. It takes the scan as it
/// is: what is Rician or correlated about the noise is in the pairs that it learned from.
void denoise_over_bridge(const Volume& volume, const DenoiseChoices& choices, const IntensityMap& unit,
                         const DenoiseSession& session, const DenoisePlan& plan, Denoised& result,
                         ProgressDisplay& progress) {
  const BridgeRun run = choices.bridge.run(session.model(), choices.strength);
  result.record["sampler"] = run.sampler;
  result.record["steps"] = run.steps;
  if (run.draws_noise) result.record["seed"] = run.seed;
  const double sigma = result.noise.sigma / unit.scale;
  if (sigma > 1.1 * session.model().sigma_max)
    result.notices.push_back("the noise is stronger than in the scans that the bridge was trained on");
  if (sigma < 0.9 * session.model().sigma_min)
    result.notices.push_back(
        "the noise is weaker than in the scans that the bridge was trained on: look at the residual, or use a smaller "
        "--strength");
  if (choices.strength == 0) return;
  const NetworkUnits units(volume, {}, unit);
  std::vector<float> x = units.to_network(std::move(result.voxels));
  session.follow_bridge(x, plan, run, progress);
  result.voxels = units.from_network(std::move(x));
  result.structure = structure_of(volume, result.voxels, result.noise, result.notices);
}

void denoise_at_its_noise(const Volume& volume, const DenoiseChoices& choices, const IntensityMap& unit,
                          const DenoiseSession& session, const DenoisePlan& plan, Denoised& result,
                          ProgressDisplay& progress) {
  const NetworkUnits units(volume, result.noise, unit);
  result.record["noise"]["sigma_normalised"] = units.sigma();
  std::vector<float> sigma = units.sigma_map();
  if (sigma.empty()) sigma = {static_cast<float>(units.sigma())};
  const DenoiserAtNoise denoiser(session, plan, sigma);
  std::vector<float> x = units.to_network(std::move(result.voxels));
  const std::vector<float> noisy_x = choices.uncertainty.any() ? x : std::vector<float>();
  denoiser.denoise(x, progress);
  const std::vector<std::string> of_levels = denoiser.notices();
  result.notices.insert(result.notices.end(), of_levels.begin(), of_levels.end());
  const std::vector<float> denoised_x = choices.uncertainty.any() ? x : std::vector<float>();
  result.voxels = units.from_network(std::move(x));
  if (choices.uncertainty.any()) {
    const DenoisedScan scan{volume, result.noise, units, noisy_x, denoised_x, result.voxels, choices.strength};
    result.uncertainty = find_uncertainty(scan, denoiser, choices.uncertainty, progress);
    result.record["uncertainty"] = result.uncertainty.record;
  }
  result.structure = structure_of(volume, result.voxels, result.noise, result.notices);
  apply_strength(result.voxels, volume.voxels, choices.strength);
}

nlohmann::ordered_json record_of(const NoiseLevel& noise) {
  return {{"kind", name_of(noise.kind)},         {"sigma", noise.sigma},
          {"estimated", noise.estimated},        {"white", whiteness_of(noise)},
          {"spectrum", record_of(noise.filter)}, {"kernel", record_of(noise.texture)},
          {"varies", !noise.map.empty()}};
}

nlohmann::ordered_json record_of(const ModelFacts& model, const std::string& file) {
  return {{"name", model.name},
          {"file", file},
          {"sha256", model.sha256},
          {"trained_on", model.training_data},
          {"sigma_range", {model.sigma_min, model.sigma_max}}};
}

}  // namespace

Denoised denoise_volume(const Volume& volume, const DenoiseChoices& choices, ModelOnDemand& model,
                        ProgressDisplay& progress) {
  Denoised result;
  result.voxels = volume.voxels;
  if (is_constant(volume.voxels)) {
    result.notices.push_back("all voxels have one value: copied as they are");
    result.uncertainty = uncertainty_of_copy(volume, result.noise, choices.uncertainty);
    return result;
  }

  refuse_unfit(volume, choices);

  progress.stage("estimating noise");
  result.noise = noise_level(volume, choices.noise);
  result.record["noise"] = record_of(result.noise);
  if (!result.noise.message.empty()) result.notices.push_back(result.noise.message);
  if (result.noise.sigma / intensity_unit(volume, is_ct(volume)).scale < kNegligibleSigma) {
    result.notices.push_back("there is next to no noise: copied as it is");
    result.uncertainty = uncertainty_of_copy(volume, result.noise, choices.uncertainty);
    return result;
  }

  const bool ct = is_ct(volume);
  const DenoiseSession& session = model.session(ct, progress);
  refuse_other_modality(volume, session.model(), choices);
  note_unusual_voxels(volume.geometry, session.model(), result.notices);
  const IntensityMap unit = intensity_unit(volume, session.model().modality == "ct");
  result.record["intensity"] = {{"offset", unit.offset}, {"scale", unit.scale}};
  const DenoisePlan plan = plan_within(session, volume, result.noise, choices, progress);

  progress.stage("denoising");
  const auto denoise = session.model().bridge ? denoise_over_bridge : denoise_at_its_noise;
  denoise(volume, choices, unit, session, plan, result, progress);
  if (result.structure) result.record["residual_structure"] = *result.structure;
  result.record["strength"] = choices.strength;

  result.record["model"] = record_of(session.model(), model.file(ct));
  result.record["device"] = session.device();
  result.record["precision"] = session.precision();
  result.record["mirrors"] = model.options().mirrors;
  result.record["threads"] = model.options().threads;
  result.record["tiles"] = {{"count", plan.tiles}, {"largest", plan.tile}};
  return result;
}

}  // namespace voxprior
