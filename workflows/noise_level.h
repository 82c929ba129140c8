#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "io/volume.h"
#include "pipeline/noise/kernel_texture.h"
#include "pipeline/noise/noise_survey.h"

namespace voxprior {

/// What the user said about the noise; the rest is estimated from the volume.
struct NoiseChoice {
  NoiseKind kind = NoiseKind::automatic;
  std::optional<double> sigma;  ///< in the volume's unit
  enum class Spread { automatic, even, file } spread = Spread::automatic;
  std::filesystem::path map_file;      ///< with Spread::file
  std::optional<KspaceFilter> filter;  ///< what correlates the noise; one that keeps all for white noise
};

/// The options --noise (auto, gaussian, rician), --sigma (auto or a number), --sigma-map (auto, none or a file) and
/// --spectrum (auto, white, or SHARES[/TAPERS] as in "0.7,0.7,1/0.46"). Throws Error(ExitCode::usage).
NoiseChoice parse_noise_choice(const std::string& kind, const std::string& sigma, const std::string& sigma_map = "auto",
                               const std::string& spectrum = "auto");

/// The noise in a volume, as it will be removed.
struct NoiseLevel {
  NoiseKind kind = NoiseKind::gaussian;  ///< gaussian or rician
  double sigma = 0;           ///< standard deviation in each real channel, in the volume's unit; 0 when there is none
  bool estimated = true;      ///< from the volume itself, not given by the user
  std::optional<bool> white;  ///< false when neighbouring voxels are seen to be correlated
  std::string message = {};   ///< what the estimation has to say, one line, or empty
  bool denoised_before = false;  ///< the air shows far more noise than the object; not looked at in CT
  std::vector<float> map = {};   ///< sigma of each voxel where it varies; empty where it does not
  KspaceFilter filter = {};  ///< that correlates the noise; keeps all where it is white or nothing can be done about it
  KernelTexture texture = {};  ///< of CT: how its reconstruction correlated the noise
};

/// A volume for which Rician noise is chosen must have no negative voxels: magnitudes have none. Throws
/// Error(ExitCode::input) for a map of sigma that does not fit. Of CT the strength is estimated, how it
/// varies, and how the kernel correlated it: models for CT see that by themselves, what is sampled has to be told.
NoiseLevel noise_level(const Volume& volume, const NoiseChoice& choice);

const char* name_of(NoiseKind kind);

/// `white` for a record: true, false or null.
nlohmann::ordered_json whiteness_of(const NoiseLevel& noise);

/// What `info` and records say of a filter: null for one that keeps all.
nlohmann::ordered_json record_of(const KspaceFilter& filter);
/// And of the texture of CT: null for white noise, or where it was not seen.
nlohmann::ordered_json record_of(const KernelTexture& texture);

}  // namespace voxprior
