#include "pipeline/operators/composition.h"

#include <torch/types.h>

#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

#include "base/error.h"

namespace voxprior {
namespace {

std::int64_t product(const std::vector<std::int64_t>& sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), std::int64_t{1}, std::multiplies<>());
}

}  // namespace

Composition::Composition(LinearOperatorPtr outer, LinearOperatorPtr inner)
    : outer_(std::move(outer)), inner_(std::move(inner)) {
  if (outer_->domain() != inner_->codomain())
    fail(ExitCode::input, "operators do not fit: one gives ", torch::IntArrayRef(inner_->codomain()),
         ", the next takes ", torch::IntArrayRef(outer_->domain()));
}

Stacked::Stacked(std::vector<LinearOperatorPtr> parts) : parts_(std::move(parts)) {
  if (parts_.empty()) fail(ExitCode::input, "a stack of operators needs one");
  for (const LinearOperatorPtr& part : parts_) {
    if (part->domain() != domain())
      fail(ExitCode::input, "operators of a stack do not fit: one takes ", torch::IntArrayRef(part->domain()),
           ", another ", torch::IntArrayRef(domain()));
    first_.push_back(rows_);
    rows_ += product(part->codomain());
  }
}

torch::Tensor Stacked::part_of(const torch::Tensor& y, std::size_t n) const {
  TORCH_CHECK(y.dim() == 1 && y.size(0) == rows_, "expected a vector of ", rows_, ", got ", y.sizes());
  const std::vector<std::int64_t> sizes = parts_.at(n)->codomain();
  return y.narrow(0, first_[n], product(sizes)).view(sizes);
}

torch::Tensor Stacked::forward(const torch::Tensor& x) const {
  std::vector<torch::Tensor> results;
  for (const LinearOperatorPtr& part : parts_) results.push_back(part->forward(x).reshape({-1}));
  return torch::cat(results);
}

torch::Tensor Stacked::adjoint(const torch::Tensor& y) const {
  torch::Tensor x = parts_[0]->adjoint(part_of(y, 0));
  for (std::size_t n = 1; n < parts_.size(); ++n) x = x + parts_[n]->adjoint(part_of(y, n));
  return x;
}

torch::Tensor Stacked::normal(const torch::Tensor& x) const {
  torch::Tensor sum = parts_[0]->normal(x);
  for (std::size_t n = 1; n < parts_.size(); ++n) sum = sum + parts_[n]->normal(x);
  return sum;
}

Scaled::Scaled(LinearOperatorPtr inner, double factor) : inner_(std::move(inner)), factor_(factor) {
  TORCH_CHECK(std::isfinite(factor), "an operator was scaled by ", factor);
}

Diagonal::Diagonal(torch::Tensor d) : d_(std::move(d)) {
  TORCH_CHECK(d_.scalar_type() == torch::kFloat || d_.scalar_type() == torch::kComplexFloat,
              "a diagonal must be float32 or complex64, got ", d_.dtype());
}

torch::Tensor Diagonal::forward(const torch::Tensor& x) const {
  TORCH_CHECK(x.sizes() == d_.sizes(), "expected ", d_.sizes(), ", got ", x.sizes());
  return d_ * x;
}

torch::Tensor Diagonal::adjoint(const torch::Tensor& y) const {
  TORCH_CHECK(y.sizes() == d_.sizes(), "expected ", d_.sizes(), ", got ", y.sizes());
  return d_.conj() * y;
}

Identity::Identity(std::vector<std::int64_t> sizes) : sizes_(std::move(sizes)) {}

torch::Tensor Identity::forward(const torch::Tensor& x) const {
  TORCH_CHECK(x.sizes() == sizes_, "expected ", sizes_, ", got ", x.sizes());
  return x;
}

}  // namespace voxprior
