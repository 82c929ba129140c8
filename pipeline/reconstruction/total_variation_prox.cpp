#include "pipeline/reconstruction/total_variation_prox.h"

#include <torch/types.h>

#include <cmath>
#include <cstdint>

namespace voxprior {
namespace {

constexpr std::int64_t kAxes = 3;

torch::Tensor forward_differences(const torch::Tensor& u) {
  torch::Tensor g = torch::zeros({kAxes, u.size(0), u.size(1), u.size(2)}, u.options());
  for (std::int64_t axis = 0; axis < kAxes; ++axis) {
    const std::int64_t n = u.size(axis) - 1;
    if (n <= 0) continue;
    torch::Tensor differences = g[axis].narrow(axis, 0, n);
    at::sub_out(differences, u.narrow(axis, 1, n), u.narrow(axis, 0, n));
  }
  return g;
}

/// The adjoint of forward_differences().
torch::Tensor forward_differences_adjoint(const torch::Tensor& g) {
  torch::Tensor u = torch::zeros_like(g[0]);
  for (std::int64_t axis = 0; axis < kAxes; ++axis) {
    const std::int64_t n = u.size(axis) - 1;
    if (n <= 0) continue;
    const torch::Tensor differences = g[axis].narrow(axis, 0, n);
    u.narrow(axis, 1, n).add_(differences);
    u.narrow(axis, 0, n).sub_(differences);
  }
  return u;
}

torch::Tensor magnitude(const torch::Tensor& g) {
  const torch::Tensor parts = g.is_complex() ? torch::view_as_real(g).square().sum(-1) : g.square();
  return parts.sum(0).sqrt();
}

}  // namespace

double total_variation(const torch::Tensor& u) { return magnitude(forward_differences(u)).sum().item().toDouble(); }

torch::Tensor total_variation_prox(const torch::Tensor& b, double weight, int iterations, torch::Tensor& dual) {
  if (weight == 0) return b;
  double squared_norm_of_differences = 0;  // 4 for each axis that has differences
  for (std::int64_t axis = 0; axis < kAxes; ++axis) squared_norm_of_differences += b.size(axis) > 1 ? 4 : 0;
  if (squared_norm_of_differences == 0) return b;

  torch::Tensor p = dual.defined() ? dual : torch::zeros({kAxes, b.size(0), b.size(1), b.size(2)}, b.options());
  torch::Tensor momentum = p;
  double t = 1;
  for (int i = 0; i < iterations; ++i) {
    torch::Tensor next = forward_differences(b - weight * forward_differences_adjoint(momentum));
    next.mul_(1 / (squared_norm_of_differences * weight)).add_(momentum);
    next.div_(magnitude(next).clamp_min(1));
    const double t_next = (1 + std::sqrt(1 + 4 * t * t)) / 2;
    momentum = next + ((t - 1) / t_next) * (next - p);
    p = next;
    t = t_next;
  }
  dual = p;
  return b - weight * forward_differences_adjoint(p);
}

}  // namespace voxprior
