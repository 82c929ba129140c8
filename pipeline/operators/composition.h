#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "pipeline/core/linear_operator.h"

namespace voxprior {

using LinearOperatorPtr = std::shared_ptr<const LinearOperator>;

/// y = B A x: first `inner`, then `outer`.
class Composition final : public LinearOperator {
 public:
  /// Throws Error(ExitCode::input) unless the codomain of `inner` is the domain of `outer`.
  Composition(LinearOperatorPtr outer, LinearOperatorPtr inner);

  torch::Tensor forward(const torch::Tensor& x) const override { return outer_->forward(inner_->forward(x)); }
  torch::Tensor adjoint(const torch::Tensor& y) const override { return inner_->adjoint(outer_->adjoint(y)); }
  /// A^H (B^H B) A: an outer or inner operator with a faster normal() of its own keeps it where it can.
  torch::Tensor normal(const torch::Tensor& x) const override {
    return inner_->adjoint(outer_->normal(inner_->forward(x)));
  }

  std::vector<std::int64_t> domain() const override { return inner_->domain(); }
  std::vector<std::int64_t> codomain() const override { return outer_->codomain(); }

 private:
  LinearOperatorPtr outer_, inner_;
};

/// Several measurements of one image: y = (A_1 x, A_2 x, ...), flattened and put end to end in a vector.
class Stacked final : public LinearOperator {
 public:
  /// Throws Error(ExitCode::input) unless there is an operator and all have the same domain.
  explicit Stacked(std::vector<LinearOperatorPtr> parts);

  torch::Tensor forward(const torch::Tensor& x) const override;
  torch::Tensor adjoint(const torch::Tensor& y) const override;
  torch::Tensor normal(const torch::Tensor& x) const override;  // sum of the parts'

  std::vector<std::int64_t> domain() const override { return parts_.front()->domain(); }
  std::vector<std::int64_t> codomain() const override { return {rows_}; }

  /// The part of y that belongs to operator n, in its own shape.
  torch::Tensor part_of(const torch::Tensor& y, std::size_t n) const;

 private:
  std::vector<LinearOperatorPtr> parts_;
  std::vector<std::int64_t> first_;  // row at which each part begins
  std::int64_t rows_ = 0;
};

/// y = a A x with a real factor.
class Scaled final : public LinearOperator {
 public:
  Scaled(LinearOperatorPtr inner, double factor);

  torch::Tensor forward(const torch::Tensor& x) const override { return factor_ * inner_->forward(x); }
  torch::Tensor adjoint(const torch::Tensor& y) const override { return factor_ * inner_->adjoint(y); }
  torch::Tensor normal(const torch::Tensor& x) const override { return factor_ * factor_ * inner_->normal(x); }

  std::vector<std::int64_t> domain() const override { return inner_->domain(); }
  std::vector<std::int64_t> codomain() const override { return inner_->codomain(); }

 private:
  LinearOperatorPtr inner_;
  double factor_;
};

/// y = d x, element by element: square roots of statistical weights, a coil map, a phase.
class Diagonal final : public LinearOperator {
 public:
  /// d float32 or complex64, of the shape of x and y. Kept, not copied.
  explicit Diagonal(torch::Tensor d);

  torch::Tensor forward(const torch::Tensor& x) const override;
  torch::Tensor adjoint(const torch::Tensor& y) const override;

  std::vector<std::int64_t> domain() const override { return d_.sizes().vec(); }
  std::vector<std::int64_t> codomain() const override { return d_.sizes().vec(); }

 private:
  torch::Tensor d_;
};

/// y = x: what denoising has for a measurement.
class Identity final : public LinearOperator {
 public:
  explicit Identity(std::vector<std::int64_t> sizes);

  torch::Tensor forward(const torch::Tensor& x) const override;
  torch::Tensor adjoint(const torch::Tensor& y) const override { return forward(y); }

  std::vector<std::int64_t> domain() const override { return sizes_; }
  std::vector<std::int64_t> codomain() const override { return sizes_; }

 private:
  std::vector<std::int64_t> sizes_;
};

}  // namespace voxprior
