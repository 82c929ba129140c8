#pragma once

#include <torch/types.h>

#include <array>
#include <cstdint>

namespace voxprior {

/// The middle of k-space on the grid.
struct GriddedCentre {
  torch::Tensor kspace;                  ///< [C,D,H,W] complex64, 0 outside the region
  std::array<std::int64_t, 3> region{};  ///< positions about the centre N/2 along D, H, W
};

/// What samples off the grid say of the middle of k-space, up to 24 positions along each axis, for espirit(): a coarse
/// image of each coil by least squares, and its transform. samples [C,M] complex64; positions [M,3] float32 along D, H,
/// W in cycles per field of view, as of Nufft. Throws Error(ExitCode::input) when fewer samples lie there than
/// positions.
GriddedCentre gridded_centre(const torch::Tensor& samples, const torch::Tensor& positions,
                             const std::array<std::int64_t, 3>& sizes);

/// noise_of_periphery() of such samples.
double noise_of_periphery(const torch::Tensor& samples, const torch::Tensor& positions,
                          const std::array<std::int64_t, 3>& sizes);

}  // namespace voxprior
