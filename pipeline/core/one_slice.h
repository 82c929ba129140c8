#pragma once

#include <cstdint>

#include "pipeline/core/denoiser.h"

namespace voxprior {

/// A denoiser of volumes for single slices: x with D = 1 is stacked `copies` times along D, and the copies are averaged
/// after denoising; any other x is left to `denoise` as it is.
///
/// The noise of the copies is the same noise, not white: their mean, which carries all of it, has standard deviation
/// sigma where white noise of that level would leave sigma / sqrt(copies). The denoiser is therefore asked for
/// sqrt(copies) sigma. With `copies` the alignment of the network, that is the noise which reaches its coarsest level:
/// everything finer along D is zero. Asked for sigma instead, it takes the noise for anatomy: on a slice of a T1 volume
/// at 10 % noise 22.9 dB, as against 27.3 dB (and 30.0 dB where the neighbouring slices are known, too).
Denoiser over_one_slice(Denoiser denoise, std::int64_t copies);

/// sigma of the volumes that `denoise` above is asked for, over sigma of the slice: sqrt(copies).
double one_slice_gain(std::int64_t copies);

}  // namespace voxprior
