#include "pipeline/core/one_slice.h"

#include <c10/util/Exception.h>
#include <torch/types.h>

#include <cmath>
#include <utility>

namespace voxprior {

double one_slice_gain(std::int64_t copies) { return std::sqrt(static_cast<double>(copies)); }

Denoiser over_one_slice(Denoiser denoise, std::int64_t copies) {
  TORCH_CHECK(copies >= 1, "a slice has one copy or more, not ", copies);
  return [denoise = std::move(denoise), copies](const torch::Tensor& x, double sigma) {
    if (x.size(2) != 1) return denoise(x, sigma);
    const torch::Tensor stack = x.repeat({1, 1, copies, 1, 1});
    return denoise(stack, one_slice_gain(copies) * sigma).mean(2, /*keepdim=*/true);
  };
}

}  // namespace voxprior
