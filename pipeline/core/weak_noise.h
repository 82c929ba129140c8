#pragma once

#include "pipeline/core/denoiser.h"

namespace voxprior {

/// D also below the weakest noise that a network was trained on:
///
///   D(x, sigma) = x + (sigma / sigma_min)^2 (D(x, sigma_min) - x)   for sigma < sigma_min
///
/// By Tweedie's formula D(x, sigma) - x = sigma^2 grad log p_sigma(x), and the gradient varies slowly where noise is
/// weak. From sigma_min up it is `denoise` itself.
Denoiser extended_below(Denoiser denoise, double sigma_min);

}  // namespace voxprior
