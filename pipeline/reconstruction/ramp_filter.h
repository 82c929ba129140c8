#pragma once

#include <torch/types.h>

#include <vector>

namespace voxprior {

/// What multiplies the ramp |f| up to the Nyquist frequency f_N = 1 / (2 pitch): less noise, less resolution.
enum class RampWindow {
  none,         ///< the ramp itself (Ram-Lak)
  shepp_logan,  ///< sin(a) / a with a = pi f / (2 f_N)
  cosine,       ///< cos(pi f / (2 f_N))
  hann          ///< (1 + cos(pi f / f_N)) / 2
};

/// The band-limited ramp of Kak & Slaney sampled every `pitch`, h(n) for n = 0 .. count - 1 (h is even):
/// 1 / (4 pitch^2) at n = 0, 0 at other even n, -1 / (pi n pitch)^2 at odd n. Sampled in space, not as |f|: |f| sampled
/// over a finite length has the wrong mean, and the image an offset.
/// Kak and Slaney, Principles of Computerized Tomographic Imaging, eq. 61 of chapter 3. IEEE Press, 1988.
std::vector<double> ramp_kernel(std::int64_t count, double pitch);

/// Convolves the last axis of float32 `projections` with the `kernel`, h(n) for n = 0 .. at least its length - 1, and
/// the window, without wrapping around; times the sampling distance `pitch`.
torch::Tensor ramp_filtered(const torch::Tensor& projections, const std::vector<double>& kernel, double pitch,
                            RampWindow window);

}  // namespace voxprior
