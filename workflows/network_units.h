#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "io/volume.h"
#include "pipeline/noise/stabilise.h"
#include "workflows/noise_level.h"

namespace voxprior {

/// The way from a volume's intensities to what a denoiser was trained on, and back.
///
///   Gaussian:  x = v / scale,                        v = x scale
///   Rician:    x = f(v / sigma) sigma / scale,       v = f^-1(x scale / sigma) sigma
///
/// scale is the 99.5th percentile of the foreground, f the variance-stabilising transform and f^-1 its exact unbiased
/// inverse. A background that was zeroed is exactly zero on both sides.
class NetworkUnits {
 public:
  /// The volume must have voxels above 0.
  NetworkUnits(const Volume& volume, const NoiseLevel& noise);

  double scale() const { return scale_; }
  double sigma() const { return sigma_ / scale_; }  ///< of the noise, in the network's unit

  std::vector<float> to_network(std::vector<float> voxels) const;
  std::vector<float> from_network(std::vector<float> voxels) const;

 private:
  void clear_background(std::vector<float>& voxels) const;

  double sigma_;
  double scale_;
  std::vector<std::uint8_t> background_;
  std::optional<RicianStabiliser> stabiliser_;  // only for Rician noise
};

}  // namespace voxprior
