#pragma once

#include <cstddef>
#include <cstdint>

namespace voxprior {

/// Noise added in place to `n` voxels. `sigma` is the standard deviation of the Gaussian noise in each real channel, in
/// the unit of the voxels. `seed` alone decides the noise: neither threads nor the order of calls matter.
/// `threads` 0 means every core.

/// y = x + sigma n.
void add_gaussian_noise(float* voxels, std::size_t n, double sigma, std::uint64_t seed, int threads = 0);

/// The magnitude of a complex image: y = sqrt((x + sigma n1)^2 + (sigma n2)^2). Only |x| matters; y >= 0.
/// Gudbjartsson & Patz, Magn Reson Med 1995; 34:910-914.
void add_rician_noise(float* voxels, std::size_t n, double sigma, std::uint64_t seed, int threads = 0);

/// Root sum of squares over `coils` complex channels that together hold the signal x: non-central chi with 2 coils
/// degrees of freedom; one coil is Rician. Throws Error(ExitCode::usage) unless coils >= 1.
/// Constantinides et al., Magn Reson Med 1997; 38:852-857.
void add_noncentral_chi_noise(float* voxels, std::size_t n, double sigma, int coils, std::uint64_t seed,
                              int threads = 0);

/// The same three with a sigma for each voxel, `sigma[0 .. n-1]`; equal ones give the noise of the scalar.
void add_gaussian_noise(float* voxels, std::size_t n, const float* sigma, std::uint64_t seed, int threads = 0);
void add_rician_noise(float* voxels, std::size_t n, const float* sigma, std::uint64_t seed, int threads = 0);
void add_noncentral_chi_noise(float* voxels, std::size_t n, const float* sigma, int coils, std::uint64_t seed,
                              int threads = 0);

}  // namespace voxprior
