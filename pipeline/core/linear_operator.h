#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace voxprior {

/// A linear measurement y = A x. Immutable once built, so one instance serves several threads.
class LinearOperator {
 public:
  virtual ~LinearOperator() = default;

  virtual torch::Tensor forward(const torch::Tensor& x) const = 0;  ///< A x:  domain -> codomain
  virtual torch::Tensor adjoint(const torch::Tensor& y) const = 0;  ///< A^H y: codomain -> domain
  virtual torch::Tensor normal(const torch::Tensor& x) const { return adjoint(forward(x)); }  ///< A^H A x

  virtual std::vector<std::int64_t> domain() const = 0;    ///< shape of x
  virtual std::vector<std::int64_t> codomain() const = 0;  ///< shape of y
};

}  // namespace voxprior
