#pragma once

#include "pipeline/core/denoiser.h"

namespace voxprior {

/// D as it sees mirror image `which` of its input, 0 to 7 in the order that averaged_over_mirrors() takes them, its
/// answer mirrored back. Image 0 is the input itself.
Denoiser in_mirror(Denoiser denoise, int which);

/// The mean of D over `count` mirror images of its input, each mirrored back: 1, 2, 4 or 8 of the eight ways to reverse
/// the three axes. A trained network does not quite commute with mirrors, and what differs between its answers is
/// error: averaging removes that part. `count` evaluations for one.
Denoiser averaged_over_mirrors(Denoiser denoise, int count);

}  // namespace voxprior
