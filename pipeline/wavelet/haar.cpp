#include "pipeline/wavelet/haar.h"

#include <torch/autograd.h>
#include <torch/types.h>

#include <cmath>
#include <cstdint>

// Three butterflies, one an axis, written straight into their place. The transform is orthonormal, so its gradient is
// its own inverse: the two autograd functions below are each other's backward, and nothing is kept for the backward
// pass.

namespace voxprior {
namespace {

const double kScale = 1 / std::sqrt(8.0);  // 1/sqrt(2) for each axis

void sum_and_difference(torch::Tensor sum, torch::Tensor difference, const torch::Tensor& a, const torch::Tensor& b) {
  at::add_out(sum, a, b);
  at::sub_out(difference, a, b);
}

torch::Tensor forward_bands(const torch::Tensor& x) {
  const std::int64_t n = x.size(0), d = x.size(2) / 2, h = x.size(3) / 2, w = x.size(4) / 2;
  const torch::Tensor voxels = x.contiguous().view({n, d, 2, 2 * h, 2 * w});

  const torch::Tensor along_d = torch::empty({n, 2, d, h, 2, 2 * w}, x.options());  // [N, bd, ...]
  {
    const torch::Tensor planes = voxels.view({n, d, 2, h, 2, 2 * w});
    sum_and_difference(along_d.select(1, 0), along_d.select(1, 1), planes.select(2, 0), planes.select(2, 1));
  }
  const torch::Tensor along_h = torch::empty({n, 2, 2, d, h, w, 2}, x.options());  // [N, bd, bh, ...]
  {
    const torch::Tensor rows = along_d.view({n, 2, d, h, 2, w, 2});
    sum_and_difference(along_h.select(2, 0), along_h.select(2, 1), rows.select(4, 0), rows.select(4, 1));
  }
  torch::Tensor bands = torch::empty({n, 2, 2, 2, d, h, w}, x.options());  // [N, bd, bh, bw, ...]
  sum_and_difference(bands.select(3, 0), bands.select(3, 1), along_h.select(6, 0), along_h.select(6, 1));
  return bands.mul_(kScale).view({n, 8, d, h, w});
}

torch::Tensor inverse_bands(const torch::Tensor& x) {
  const std::int64_t n = x.size(0), d = x.size(2), h = x.size(3), w = x.size(4);
  const torch::Tensor bands = x.contiguous().view({n, 2, 2, 2, d, h, w});

  const torch::Tensor along_w = torch::empty({n, 2, 2, d, h, w, 2}, x.options());  // [N, bd, bh, ...]
  sum_and_difference(along_w.select(6, 0), along_w.select(6, 1), bands.select(3, 0), bands.select(3, 1));

  const torch::Tensor along_h = torch::empty({n, 2, d, h, 2, w, 2}, x.options());  // [N, bd, ...]
  sum_and_difference(along_h.select(4, 0), along_h.select(4, 1), along_w.select(2, 0), along_w.select(2, 1));

  torch::Tensor voxels = torch::empty({n, d, 2, h, 2, w, 2}, x.options());
  sum_and_difference(voxels.select(2, 0), voxels.select(2, 1), along_h.select(1, 0), along_h.select(1, 1));
  return voxels.mul_(kScale).view({n, 1, 2 * d, 2 * h, 2 * w});
}

struct HaarForward : torch::autograd::Function<HaarForward> {
  static torch::Tensor forward(torch::autograd::AutogradContext*, const torch::Tensor& x) { return forward_bands(x); }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext*,
                                                 const torch::autograd::variable_list& gradients) {
    return {haar_inverse(gradients[0])};
  }
};

struct HaarInverse : torch::autograd::Function<HaarInverse> {
  static torch::Tensor forward(torch::autograd::AutogradContext*, const torch::Tensor& bands) {
    return inverse_bands(bands);
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext*,
                                                 const torch::autograd::variable_list& gradients) {
    return {haar_forward(gradients[0])};
  }
};

}  // namespace

torch::Tensor haar_forward(const torch::Tensor& x) {
  TORCH_CHECK(x.dim() == 5 && x.size(1) == 1, "haar_forward wants [N,1,D,H,W], got ", x.sizes());
  TORCH_CHECK(x.size(2) % 2 == 0 && x.size(3) % 2 == 0 && x.size(4) % 2 == 0,
              "haar_forward wants even D, H and W, got ", x.sizes());
  return HaarForward::apply(x);
}

torch::Tensor haar_inverse(const torch::Tensor& bands) {
  TORCH_CHECK(bands.dim() == 5 && bands.size(1) == 8, "haar_inverse wants [N,8,D,H,W], got ", bands.sizes());
  return HaarInverse::apply(bands);
}

torch::Tensor with_block_means(const torch::Tensor& x, const torch::Tensor& coarse) {
  const torch::Tensor change = coarse - torch::avg_pool3d(x, 2);
  return x + change.repeat_interleave(2, 2).repeat_interleave(2, 3).repeat_interleave(2, 4);
}

}  // namespace voxprior
