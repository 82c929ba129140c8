#pragma once

#include <torch/types.h>

#include <array>
#include <cstdint>

namespace voxprior {

/// The largest box around the centre N/2 of k-space in which everything was sampled: its positions along D, H, W. Grown
/// in all directions at once first, then along each axis by itself. mask [D,H,W] bool. Zeros when not even the centre
/// was sampled.
std::array<std::int64_t, 3> calibration_region(const torch::Tensor& mask);

inline constexpr std::int64_t kNarrowestRegion = 8;

/// The same. Throws Error(ExitCode::input) when it is narrower than kNarrowestRegion along an axis that is longer than
/// that: too little to find coil sensitivities in.
std::array<std::int64_t, 3> required_region(const torch::Tensor& mask);

/// The standard deviation of each part of the noise in k-space, from the samples farthest from its centre: the median
/// of their magnitudes, as Rayleigh's distribution has it. What signal is left there makes it an upper bound. kspace
/// [C,D,H,W]; mask [D,H,W] bool.
double noise_of_periphery(const torch::Tensor& kspace, const torch::Tensor& mask);

/// The same of any samples [C,M] at a distance from the centre [M].
double noise_of_farthest(const torch::Tensor& samples, const torch::Tensor& radius);

}  // namespace voxprior
