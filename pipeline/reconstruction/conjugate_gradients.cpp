#include "pipeline/reconstruction/conjugate_gradients.h"

#include <torch/types.h>

#include <utility>

#include "pipeline/reconstruction/norms.h"

namespace voxprior {

torch::Tensor conjugate_gradients(const HermitianProduct& product, const torch::Tensor& b, torch::Tensor start,
                                  int iterations, double tolerance, const CgObserver& observer) {
  torch::Tensor x = std::move(start), residual = b - product(x), direction = residual;
  double energy = squared_norm(residual);
  const double enough = tolerance * tolerance * squared_norm(b);
  for (int i = 0; i < iterations && energy > enough; ++i) {
    const torch::Tensor image = product(direction);
    const double curvature = real_inner(direction, image);
    if (!(curvature > 0)) break;  // what is left of the residual is rounding, in the null space of M
    const double step = energy / curvature;
    x = x + step * direction;
    residual = residual - step * image;
    if (observer && observer(x)) break;
    const double next = squared_norm(residual);
    direction = residual + (next / energy) * direction;
    energy = next;
  }
  return x;
}

torch::Tensor conjugate_gradients(const LinearOperator& a, double rho, const torch::Tensor& b, torch::Tensor start,
                                  int iterations, double tolerance, const CgObserver& observer) {
  return conjugate_gradients([&](const torch::Tensor& v) { return rho == 0 ? a.normal(v) : a.normal(v) + rho * v; }, b,
                             std::move(start), iterations, tolerance, observer);
}

torch::Tensor data_step(const LinearOperator& a, const torch::Tensor& aty, double rho, const torch::Tensor& z,
                        const torch::Tensor& start, int cg_iterations) {
  const torch::Tensor b = aty + rho * z;
  const torch::Tensor exact = a.solve_normal(b, rho);
  return exact.defined() ? exact : conjugate_gradients(a, rho, b, start, cg_iterations, kDataStepTolerance);
}

}  // namespace voxprior
