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

  /// (A^H A + rho)^-1 b for rho > 0 where that has a closed form, an undefined tensor where it has none.
  virtual torch::Tensor solve_normal(const torch::Tensor& b, double rho) const {
    static_cast<void>(b), static_cast<void>(rho);
    return {};
  }

  /// An upper bound of the largest singular value, where one is known without iterating; 0 where none is.
  virtual double norm_bound() const { return 0; }

  virtual std::vector<std::int64_t> domain() const = 0;    ///< shape of x
  virtual std::vector<std::int64_t> codomain() const = 0;  ///< shape of y
};

}  // namespace voxprior
