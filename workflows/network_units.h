#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "io/volume.h"
#include "pipeline/intensity/normalise.h"
#include "pipeline/noise/stabilise.h"
#include "workflows/noise_level.h"

namespace voxprior {

/// The way from a volume's intensities to what a denoiser was trained on, and back.
///
///   Gaussian:  x = (v - offset) / scale,             v = x scale + offset
///   Rician:    x = f(v / sigma) sigma / scale,       v = f^-1(x scale / sigma) sigma
///
/// offset and scale are those of the model's intensity unit (mr_intensity_map, ct_intensity_map), f is the
/// variance-stabilising transform and f^-1 its exact unbiased inverse. Where the unit has no offset, a background that
/// was zeroed is exactly zero on both sides. CT padding (ct_padding_value) is air to the network and comes back as it
/// was.
class NetworkUnits {
 public:
  /// Magnitudes with Rician noise have no offset: unit.offset must be 0 then.
  NetworkUnits(const Volume& volume, const NoiseLevel& noise, const IntensityMap& unit);

  double sigma() const { return sigma_ / unit_.scale; }  ///< of the noise, in the network's unit

  std::vector<float> to_network(std::vector<float> voxels) const;
  std::vector<float> from_network(std::vector<float> voxels) const;

 private:
  void fill_background(std::vector<float>& voxels, float value) const;

  double sigma_;
  IntensityMap unit_;
  std::vector<std::uint8_t> background_;        // empty: there is none
  float background_value_ = 0;                  // in the volume; in the network's unit it is 0
  std::optional<RicianStabiliser> stabiliser_;  // only for Rician noise
};

}  // namespace voxprior
