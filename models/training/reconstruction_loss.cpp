#include "models/training/reconstruction_loss.h"

namespace voxprior {
namespace {

torch::Tensor difference_along(const torch::Tensor& x, std::int64_t axis) {
  const std::int64_t n = x.size(axis) - 1;
  return x.narrow(axis, 1, n) - x.narrow(axis, 0, n);
}

}  // namespace

torch::Tensor kl_divergence(const Posterior& posterior) {
  const torch::Tensor& log_variance = posterior.log_variance;
  return (posterior.mean.square() + log_variance.exp() - 1 - log_variance).mean() / 2;
}

torch::Tensor multi_scale_gradient_loss(torch::Tensor a, torch::Tensor b, int scales) {
  torch::Tensor sum = torch::zeros({}, a.options());
  for (int scale = 0; scale < scales; ++scale) {
    if (scale > 0) a = torch::avg_pool3d(a, 2), b = torch::avg_pool3d(b, 2);
    for (std::int64_t axis = 2; axis < 5; ++axis)
      sum = sum + (difference_along(a, axis) - difference_along(b, axis)).abs().mean();
  }
  return sum / (3 * scales);
}

}  // namespace voxprior
