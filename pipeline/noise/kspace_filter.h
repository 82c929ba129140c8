#pragma once

#include <array>
#include <cstdint>

#include "pipeline/noise/fourier_lines.h"

namespace voxprior {

/// What a scan measures of k-space and how it weights it before the image is made; the rest is filled with zeros.
struct KspaceFilter {
  /// Of the grid's frequencies along i, j, k the share around the centre that is measured, in (0, 1]: below 1 the image
  /// is interpolated, and unequal shares make its point spread anisotropic.
  std::array<double, 3> kept{1, 1, 1};
  double partial = 1;  ///< partial Fourier: the share of those phase encodings along j that is measured, in (0.5, 1]
  /// Weights 1 - t + t cos(2 pi f / kept) along each axis, up to the edge of what is measured: t = 0 none, kHamming,
  /// kHann, and what lies between.
  std::array<double, 3> taper{0, 0, 0};

  static constexpr double kHamming = 0.46, kHann = 0.5;

  bool keeps_all() const {
    const auto whole = [this](std::size_t axis) { return kept[axis] >= 1 && taper[axis] == 0; };
    return whole(0) && whole(1) && whole(2) && partial >= 1;
  }
};

/// Weight of the frequency `f` along `axis`, |f| <= 1/2 in cycles per voxel; the filter is the product of the three.
double weight_along(const KspaceFilter& filter, int axis, double f);

/// Multiplies a spectrum (fourier_transform()) by the filter.
void apply(const KspaceFilter& filter, ComplexGrid& spectrum);

/// Mean of the squared weights over a grid: the share of the variance of white noise that passes.
double noise_gain(const KspaceFilter& filter, const std::array<std::int64_t, 3>& size);

}  // namespace voxprior
