#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace voxprior {

/// Spokes through the centre of k-space, each as far from all before it as can be, so that any number of them covers it
/// evenly: [spoke][sample][i, j, k] in cycles per field of view.
///
/// A spoke runs from one edge of k-space (-N/2) to the last sample before the other, with as many samples as the
/// longest axis has voxels. Of a slice (an axis of length 1) the spokes turn by the golden angle, 111.25 degrees; of a
/// volume their ends are on a half sphere, placed by the two golden means.
///
/// Winkelmann et al., An optimal radial profile order based on the golden ratio for time-resolved MRI. IEEE Trans Med
/// Imaging 2007; 26:68-76. Chan et al., Temporal stability of adaptive 3D radial MRI using multidimensional golden
/// means. Magn Reson Med 2009; 61:354-363.
std::vector<float> golden_radial(const std::array<std::int64_t, 3>& size_ijk, std::int64_t spokes);

/// Samples of each spoke.
std::int64_t samples_per_spoke(const std::array<std::int64_t, 3>& size_ijk);

}  // namespace voxprior
