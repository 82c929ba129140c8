#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace voxprior {

/// What turns a plain DFT into centred_fft() without moving data: with c = N/2 (rounded down) on each axis,
///
///   (n - c)(k - c) = n k - c n - c k + c^2,   so   centred(x) = after * fft(before * x)
///
/// where before(n) = e^{2 pi i c n / N} and after(k) = e^{2 pi i c (k - c) / N} / sqrt(N). For even N that is a
/// checkerboard of signs. Both are [D,H,W] complex64, the product over `axes` (0: D, 1: H, 2: W).
struct CentringPhase {
  torch::Tensor before, after;
};
CentringPhase centring_phase(const std::vector<std::int64_t>& sizes, const std::vector<std::int64_t>& axes);

}  // namespace voxprior
