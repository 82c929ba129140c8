#include "models/gan/losses.h"

#include <torch/autograd.h>

namespace voxprior {

torch::Tensor relativistic_loss(const torch::Tensor& better, const torch::Tensor& worse) {
  return torch::softplus(worse - better).mean();
}

torch::Tensor score_gradient(const torch::Tensor& scores, const torch::Tensor& x) {
  return torch::autograd::grad({scores.sum()}, {x}, {}, true, true)[0];
}

torch::Tensor zero_centred_penalty(const torch::Tensor& gradient) {
  return 0.5 * gradient.square().flatten(1).sum(1).mean();
}

torch::Tensor one_centred_penalty(const torch::Tensor& gradient) {
  const torch::Tensor norm = (gradient.square().flatten(1).sum(1) + 1e-12).sqrt();  // its root has a slope at 0, too
  return (norm - 1).square().mean();
}

torch::Tensor between_samples(const torch::Tensor& a, const torch::Tensor& b, const torch::Tensor& share) {
  std::vector<std::int64_t> shape(static_cast<std::size_t>(a.dim()), 1);
  shape[0] = -1;
  const torch::Tensor s = share.view(shape);
  return (s * a + (1 - s) * b).detach();
}

}  // namespace voxprior
