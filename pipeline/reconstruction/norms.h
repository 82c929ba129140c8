#pragma once

#include <torch/types.h>

namespace voxprior {

/// Re <a, b> = Re sum conj(a) b. Written out: torch::dot and torch::vdot return 0 for complex tensors with some
/// combinations of LibTorch and BLAS.
inline double real_inner(const torch::Tensor& a, const torch::Tensor& b) {
  const torch::Tensor products = a.is_complex() ? at::real(a) * at::real(b) + at::imag(a) * at::imag(b) : a * b;
  return products.sum().item().toDouble();
}

inline double squared_norm(const torch::Tensor& a) { return real_inner(a, a); }

}  // namespace voxprior
