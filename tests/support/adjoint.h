#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "pipeline/core/linear_operator.h"

namespace voxprior::test {

/// <a, b> = sum conj(a) b in double precision, complex. Written out, because torch::dot and torch::vdot return 0 for
/// complex tensors with some combinations of LibTorch and BLAS, which makes every adjoint look right.
inline torch::Tensor inner_product(const torch::Tensor& a, const torch::Tensor& b) {
  return (a.to(torch::kComplexDouble).conj() * b.to(torch::kComplexDouble)).sum();
}

/// |<y, A x> - <A^H y, x>| / (|A x| |y|) for random x and y of the given type (real or complex): rounding error for an
/// exact adjoint, far above it for any other.
inline double adjoint_gap(const LinearOperator& a, torch::ScalarType type, std::uint64_t seed = 0) {
  torch::manual_seed(seed);
  const torch::Tensor x = torch::randn(a.domain(), type), y = torch::randn(a.codomain(), type);
  const torch::Tensor ax = a.forward(x);
  const torch::Tensor difference = inner_product(y, ax) - inner_product(a.adjoint(y), x);
  return (difference.abs() / (ax.norm() * y.norm())).item().toDouble();
}

/// The forward map of one operator with the adjoint of another: what the tests of adjoint_gap must catch.
class Mismatched final : public LinearOperator {
 public:
  Mismatched(const LinearOperator& forward, const LinearOperator& adjoint) : forward_(forward), adjoint_(adjoint) {}
  torch::Tensor forward(const torch::Tensor& x) const override { return forward_.forward(x); }
  torch::Tensor adjoint(const torch::Tensor& y) const override { return adjoint_.adjoint(y); }
  std::vector<std::int64_t> domain() const override { return forward_.domain(); }
  std::vector<std::int64_t> codomain() const override { return forward_.codomain(); }

 private:
  const LinearOperator& forward_;
  const LinearOperator& adjoint_;
};

}  // namespace voxprior::test
