#pragma once

#include <torch/types.h>
#include <torch/utils.h>

#include <memory>
#include <utility>
#include <vector>

#include "pipeline/core/linear_operator.h"
#include "pipeline/reconstruction/problem.h"

// Problems whose answer is known: a diagonal operator and a Gaussian prior, so that every voxel stands for itself.

namespace voxprior::test {

/// y = d x, voxel by voxel. No closed form is offered, so that data steps take CG.
class Diagonal final : public LinearOperator {
 public:
  explicit Diagonal(torch::Tensor d) : d_(std::move(d)) {}
  torch::Tensor forward(const torch::Tensor& x) const override { return d_ * x; }
  torch::Tensor adjoint(const torch::Tensor& y) const override { return d_.conj() * y; }
  double norm_bound() const override { return d_.abs().max().item().toDouble(); }
  std::vector<std::int64_t> domain() const override { return d_.sizes().vec(); }
  std::vector<std::int64_t> codomain() const override { return d_.sizes().vec(); }

 private:
  torch::Tensor d_;
};

/// E[x0 | x0 + sigma n] for x0 ~ N(0, std^2): differentiable, and neither widening nor shifting.
inline Denoiser gaussian_denoiser(double std) {
  return [std](const torch::Tensor& x, double sigma) { return x * (std * std / (std * std + sigma * sigma)); };
}

constexpr double kPriorStd = 0.5, kNoise = 0.1;

/// y = d x + n with d one of 1, 0.6, 0.2 (so |A| = 1), x ~ N(0, kPriorStd^2), n ~ N(0, kNoise^2), unit 1.
inline ReconstructionProblem gaussian_problem(const std::vector<std::int64_t>& size = {6, 5, 4}) {
  torch::manual_seed(3);
  const torch::Tensor d = torch::tensor({1., 0.6, 0.2}, torch::kDouble)
                              .index_select(0, torch::randint(0, 3, {size[0] * size[1] * size[2]}, torch::kLong))
                              .view(size);
  ReconstructionProblem problem;
  problem.a = std::make_shared<Diagonal>(d);
  problem.y = d * kPriorStd * torch::randn(size, torch::kDouble) + kNoise * torch::randn(size, torch::kDouble);
  problem.noise = kNoise;
  problem.unit = 1;
  problem.denoise = gaussian_denoiser(kPriorStd);
  return problem;
}

/// argmin |A x - y|^2 + weight |x|^2.
inline torch::Tensor ridge(const ReconstructionProblem& problem, double weight) {
  const torch::Tensor d = problem.a->forward(torch::ones(problem.a->domain(), problem.y.options()));
  return d * problem.y / (d * d + weight);
}

inline double relative_error(const torch::Tensor& x, const torch::Tensor& expected) {
  return ((x - expected).norm() / expected.norm()).item().toDouble();
}

}  // namespace voxprior::test
