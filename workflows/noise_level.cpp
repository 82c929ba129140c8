#include "workflows/noise_level.h"

#include "pipeline/noise/ct_noise.h"
#include "workflows/cli/arguments.h"
#include "workflows/statistics.h"

namespace voxprior {

NoiseChoice parse_noise_choice(const std::string& kind, const std::string& sigma) {
  NoiseChoice choice;
  if (kind == "gaussian") choice.kind = NoiseKind::gaussian;
  if (kind == "rician") choice.kind = NoiseKind::rician;
  if (sigma != "auto") choice.sigma = parse_positive("--sigma", sigma);
  return choice;
}

NoiseLevel noise_level(const Volume& volume, const NoiseChoice& choice) {
  if (is_ct(volume)) {
    const double sigma = choice.sigma.value_or(estimate_ct_noise(volume.voxels.data(), volume.geometry.size));
    return {NoiseKind::gaussian, sigma, !choice.sigma, std::nullopt, ""};
  }
  const NoiseEstimate seen = estimate_noise(volume.voxels.data(), volume.geometry.size, choice.kind);
  return {seen.kind, choice.sigma.value_or(seen.sigma), !choice.sigma, seen.white, seen.message};
}

const char* name_of(NoiseKind kind) {
  switch (kind) {
    case NoiseKind::automatic:
      return "auto";
    case NoiseKind::gaussian:
      return "gaussian";
    case NoiseKind::rician:
      return "rician";
  }
  return "unknown";
}

nlohmann::ordered_json whiteness_of(const NoiseLevel& noise) {
  return noise.white ? nlohmann::ordered_json(*noise.white) : nlohmann::ordered_json(nullptr);
}

}  // namespace voxprior
