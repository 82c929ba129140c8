#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "io/volume.h"
#include "pipeline/noise/estimate.h"

namespace voxprior {

/// What the user said about the noise; the rest is estimated from the volume.
struct NoiseChoice {
  NoiseKind kind = NoiseKind::automatic;
  std::optional<double> sigma;  ///< in the volume's unit
};

/// The options --noise (auto, gaussian, rician) and --sigma (auto or a number). Throws Error(ExitCode::usage).
NoiseChoice parse_noise_choice(const std::string& kind, const std::string& sigma);

/// The noise in a volume, as it will be removed.
struct NoiseLevel {
  NoiseKind kind = NoiseKind::gaussian;  ///< gaussian or rician
  double sigma = 0;           ///< standard deviation in each real channel, in the volume's unit; 0 when there is none
  bool estimated = true;      ///< from the volume itself, not given by the user
  std::optional<bool> white;  ///< false when neighbouring voxels are seen to be correlated; not looked at in CT
  std::string message;        ///< what the estimation has to say, one line, or empty
};

/// A volume for which Rician noise is chosen must have no negative voxels: magnitudes have none.
NoiseLevel noise_level(const Volume& volume, const NoiseChoice& choice);

const char* name_of(NoiseKind kind);

/// `white` for a record: true, false or null.
nlohmann::ordered_json whiteness_of(const NoiseLevel& noise);

}  // namespace voxprior
