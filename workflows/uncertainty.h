#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "io/volume.h"
#include "workflows/cli/progress.h"
#include "workflows/denoiser_at_noise.h"
#include "workflows/network_units.h"

namespace voxprior {

/// What is to be found out beside the denoised volume.
struct UncertaintyChoices {
  int samples = 0;  ///< to draw of the clean volumes that could be behind the noisy one; 0: none
  std::uint64_t seed = 0;
  bool data_share = false;

  bool any() const { return samples > 0 || data_share; }
};

/// How sure a denoised volume is, and whether the data or the prior say so. What was not asked for is empty.
struct Uncertainty {
  std::vector<float> deviation;    ///< of the samples around the result, in the unit of the volume
  std::vector<float> data_share;   ///< of a small change over cubes of 5 mm that comes through in the result, as a rule
                                   ///< 0 to 1: pipeline/noise/data_share.h
  std::vector<std::string> lines;  ///< the findings in words
  nlohmann::ordered_json record = nlohmann::ordered_json::object();  ///< the same for the provenance
};

/// A volume before and after the denoiser.
struct DenoisedScan {
  const Volume& noisy;
  const NoiseLevel& noise;
  const NetworkUnits& units;
  const std::vector<float>& x;           ///< the noisy volume as the network sees it
  const std::vector<float>& denoised_x;  ///< what the network made of it
  const std::vector<float>& denoised;    ///< the same in the unit of the volume
  double strength;                       ///< the share of the change that the result will get
};

/// Draws the samples and probes the denoiser.
Uncertainty find_uncertainty(const DenoisedScan& scan, const DenoiserAtNoise& denoiser,
                             const UncertaintyChoices& choices, ProgressDisplay& progress);

/// Of a volume that is left as it is: the noise is all there still, and the data decide.
Uncertainty uncertainty_of_copy(const Volume& noisy, const NoiseLevel& noise, const UncertaintyChoices& choices);

}  // namespace voxprior
