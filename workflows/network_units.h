#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "io/volume.h"
#include "pipeline/intensity/normalise.h"
#include "pipeline/noise/noise_whitener.h"
#include "pipeline/noise/stabilise.h"
#include "workflows/noise_level.h"

namespace voxprior {

/// The way from a volume's intensities to what a denoiser was trained on, and back.
///
///   Gaussian:  x = (v - offset) / scale,             v = x scale + offset
///   Rician:    x = f(v / sigma) sigma / scale,       v = f^-1(x scale / sigma) sigma
///
/// offset and scale are those of the model's intensity unit (mr_intensity_map, ct_intensity_map), f is the
/// variance-stabilising transform and f^-1 its exact unbiased inverse. sigma may differ from voxel to voxel. Noise that
/// a filter of k-space correlated is made white on the way, and the filter comes on again on the way back
/// (NoiseWhitener). Where the unit has no offset, a background that
/// was zeroed is exactly zero on both sides. CT padding (ct_padding_value) is air to the network and comes back as it
/// was.
class NetworkUnits {
 public:
  /// Magnitudes with Rician noise have no offset: unit.offset must be 0 then.
  NetworkUnits(const Volume& volume, const NoiseLevel& noise, const IntensityMap& unit);

  /// Of the noise that the network sees, in its unit: for correlated noise that of before the filter.
  double sigma() const { return sigma_ * before_filter_ / unit_.scale; }
  /// The same for each voxel where it varies, else empty.
  std::vector<float> sigma_map() const;

  std::vector<float> to_network(std::vector<float> voxels) const;
  std::vector<float> from_network(std::vector<float> voxels) const;

 private:
  void fill_background(std::vector<float>& voxels, float value) const;

  double sigma_;
  double before_filter_ = 1;  // sigma before the filter over that in the volume
  std::vector<float> map_;    // empty: sigma_ everywhere
  IntensityMap unit_;
  std::vector<std::uint8_t> background_;        // empty: there is none
  float background_value_ = 0;                  // in the volume; in the network's unit it is 0
  std::optional<RicianStabiliser> stabiliser_;  // only for Rician noise
  std::optional<NoiseWhitener> whitener_;       // only for correlated noise
};

}  // namespace voxprior
