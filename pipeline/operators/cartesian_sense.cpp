#include "pipeline/operators/cartesian_sense.h"

#include <torch/torch.h>

#include <utility>

#include "base/error.h"
#include "pipeline/operators/centred_fft.h"

namespace voxprior {

CartesianSense::CartesianSense(torch::Tensor maps, torch::Tensor mask)
    : maps_(std::move(maps)), mask_(std::move(mask)) {
  TORCH_CHECK(maps_.scalar_type() == torch::kComplexFloat, "coil maps must be complex64, got ", maps_.dtype());
  TORCH_CHECK(mask_.scalar_type() == torch::kBool, "a sampling mask must be bool, got ", mask_.dtype());
  if (maps_.dim() != 4 || maps_.size(0) == 0 || mask_.dim() != 3 || maps_.sizes().slice(1) != mask_.sizes())
    fail(ExitCode::input, "coil maps ", maps_.sizes(), " and sampling mask ", mask_.sizes(),
         " do not fit: maps must be [C,D,H,W] and the mask [D,H,W] with the same D, H and W");
}

torch::Tensor CartesianSense::forward(const torch::Tensor& x) const {
  TORCH_CHECK(x.sizes() == mask_.sizes(), "expected an image ", mask_.sizes(), ", got ", x.sizes());
  return centred_fft(maps_ * x) * mask_;
}

torch::Tensor CartesianSense::adjoint(const torch::Tensor& y) const {
  TORCH_CHECK(y.sizes() == maps_.sizes(), "expected k-space ", maps_.sizes(), ", got ", y.sizes());
  return (maps_.conj() * centred_ifft(y * mask_)).sum(0);
}

}  // namespace voxprior
