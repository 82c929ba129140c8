#pragma once

#include "pipeline/metrics/features/image.h"

namespace voxprior {

constexpr int kSpectrumShells = 24;

/// log10 of the mean power in shells of spatial frequency: shell s holds [s, s + 1) / 24 * 0.5 cycles per voxel, the
/// mean intensity itself left out. The volume is first multiplied by a Hann window along each axis, so that structure
/// cut off at the border does not leak. Power is per voxel: white noise of variance v has about v * 27 / 512 in every
/// shell. Shells that hold no frequency (small volumes) repeat a neighbour; power below 1e-12 counts as 1e-12.
std::vector<double> radial_power_spectrum(const Image& image);

/// Root mean square over the shells of 10 (a - b), in dB, a and b being means over a set of volumes.
double spectrum_distance_db(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace voxprior
