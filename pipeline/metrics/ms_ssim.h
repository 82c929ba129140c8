#pragma once

#include "pipeline/metrics/features/image.h"

namespace voxprior {

/// The scales of MS-SSIM that a volume has room for: 5, or as many as keep its shortest side at 11 voxels or more (the
/// width of the window), each scale having half the voxels of the one before along each axis; at least 1.
int ms_ssim_scales(const std::array<std::int64_t, 3>& size);

/// Multi-scale structural similarity in 3D: the product over scales of (contrast x structure)^w, with SSIM itself at
/// the coarsest, each averaged over the volume, negative averages counting as 0. The weights are 0.0448, 0.2856,
/// 0.3001, 0.2363, 0.1333, finest first; with fewer scales the first of them, divided by their sum. Volumes are halved
/// by means over 2 x 2 x 2 voxels. Both images share a size. The data range is 1, the unit of normalised intensity.
/// Wang, Simoncelli, Bovik, Multiscale structural similarity for image quality assessment. Asilomar 2003.
double ms_ssim_3d(const Image& a, const Image& b, int threads = 0);

}  // namespace voxprior
