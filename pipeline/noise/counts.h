#pragma once

#include <cstddef>
#include <cstdint>

namespace voxprior {

class Random;

/// A Poisson number of the given mean, from uniform numbers in [0, 1) drawn one after the other. Exact: inversion below
/// a mean of 10, above it transformed rejection (Hoermann, The transformed rejection method for generating Poisson
/// random variables. Insurance: Mathematics and Economics 1993; 12:39-45).
double poisson(double mean, Random& random);

/// Line integrals p as a detector that counts photons sees them: N ~ Poisson(photons e^-p) + electronic n, and
/// p = -ln(max(N, 1) / photons). Element i is ray first_ray + i of the scan, and the same however the rays are cut.
void add_photon_noise(float* line_integrals, std::size_t n, double photons, double electronic_sigma, std::uint64_t seed,
                      std::uint64_t first_ray = 0);

}  // namespace voxprior
