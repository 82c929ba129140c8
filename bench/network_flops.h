#pragma once

#include <array>
#include <cstdint>

#include "models/network/unet.h"

namespace voxprior {

/// Floating-point operations of one evaluation of a Unet on a volume of `size` voxels (every axis a multiple of
/// widths.alignment()). Counts the convolutions, a multiplication and an addition as two; what else there is (Haar
/// transform, ReLU, skips) is below 1 %. Zero padding counts as work, since the kernels do it.
double network_flops(const UnetWidths& widths, const std::array<std::int64_t, 3>& size);

}  // namespace voxprior
