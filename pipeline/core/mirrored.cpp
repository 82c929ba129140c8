#include "pipeline/core/mirrored.h"

#include <c10/util/Exception.h>
#include <torch/types.h>

#include <vector>

namespace voxprior {
namespace {

/// Each first 2, 4, 8 of these are a group; the first two differ in every axis.
const std::vector<std::vector<std::int64_t>>& mirrors() {
  static const std::vector<std::vector<std::int64_t>> axes = {{}, {2, 3, 4}, {2}, {3, 4}, {3}, {2, 4}, {2, 3}, {4}};
  return axes;
}

}  // namespace

Denoiser in_mirror(Denoiser denoise, int which) {
  TORCH_CHECK(which >= 0 && which < 8, "mirror images are numbered 0 to 7, not ", which);
  if (which == 0) return denoise;
  const auto& axes = mirrors()[static_cast<std::size_t>(which)];
  return [denoise, axes](const torch::Tensor& x, double sigma) { return denoise(x.flip(axes), sigma).flip(axes); };
}

Denoiser averaged_over_mirrors(Denoiser denoise, int count) {
  TORCH_CHECK(count == 1 || count == 2 || count == 4 || count == 8, "1, 2, 4 or 8 mirror images, not ", count);
  if (count == 1) return denoise;
  return [denoise, count](const torch::Tensor& x, double sigma) {
    torch::Tensor sum = denoise(x, sigma);
    for (int i = 1; i < count; ++i) sum = sum + in_mirror(denoise, i)(x, sigma);
    return sum / count;
  };
}

}  // namespace voxprior
