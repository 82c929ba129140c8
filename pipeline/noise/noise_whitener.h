#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "pipeline/noise/kspace_filter.h"

namespace voxprior {

/// Turns a volume whose k-space was filtered by W, and with it its noise, into one with white noise, and back.
///
///   to_white:    z = K^-1 y + sigma F^-1 sqrt(1 - W^2 K^-2) F n,   K(f) = max(W(f), 0.2)
///   from_white:  y = F^-1 W F z
///
/// Where the filter kept a frequency its weight is undone; where it left next to nothing, white noise n is added that
/// makes up what is missing of sigma, the standard deviation before the filter. A denoiser for white noise fits then,
/// and from_white gives its estimate the resolution of the scan again. No information is lost where W >= 0.2, and
/// where W = 0 there was none. Volumes are continued by reflection. n is drawn from a fixed seed: same input, same
/// result, whatever the threads (0: every core).
class NoiseWhitener {
 public:
  NoiseWhitener(const KspaceFilter& filter, const std::array<std::int64_t, 3>& size, int threads = 0);

  /// `sigma` holds one number for each voxel, or one for all.
  void to_white(std::vector<float>& volume, const std::vector<float>& sigma) const;
  void from_white(std::vector<float>& volume) const;

 private:
  ComplexGrid continued(const std::vector<float>& volume) const;
  void keep_volume(const ComplexGrid& grid, std::vector<float>& volume) const;
  template <typename Weight>
  void weigh(ComplexGrid& grid, const Weight& weight) const;

  std::array<std::int64_t, 3> size_, padded_;
  std::array<std::vector<double>, 3> weights_;  // W along each axis
  int threads_;
};

}  // namespace voxprior
