#pragma once

#include <torch/types.h>

#include <functional>

#include "pipeline/core/linear_operator.h"

namespace voxprior {

/// Told x after each iteration; returns true to stop.
using CgObserver = std::function<bool(const torch::Tensor& x)>;

/// v -> M v for a Hermitian M that is positive semi-definite.
using HermitianProduct = std::function<torch::Tensor(const torch::Tensor& v)>;

/// The relative residual at which an inner problem is solved: what float32 can tell.
inline constexpr double kDataStepTolerance = 1e-6;

/// x with M x = b by the method of conjugate gradients from x = `start`: at most `iterations` products with M after the
/// one that `start` takes, fewer when the residual falls below `tolerance` |b|. Every iterate minimises <x, M x>/2 -
/// Re<b, x> over a growing space, so a warm start is never made worse. Hestenes and Stiefel 1952.
torch::Tensor conjugate_gradients(const HermitianProduct& product, const torch::Tensor& b, torch::Tensor start,
                                  int iterations, double tolerance, const CgObserver& observer = {});

/// The same for M = A^H A + rho.
torch::Tensor conjugate_gradients(const LinearOperator& a, double rho, const torch::Tensor& b, torch::Tensor start,
                                  int iterations, double tolerance, const CgObserver& observer = {});

/// The data step of every splitting method,
///
///   argmin_x |A x - y|^2 + rho |x - z|^2   =   (A^H A + rho)^-1 (A^H y + rho z),
///
/// in closed form where A has one, else by CG from `start`. `aty` is A^H y.
torch::Tensor data_step(const LinearOperator& a, const torch::Tensor& aty, double rho, const torch::Tensor& z,
                        const torch::Tensor& start, int cg_iterations);

}  // namespace voxprior
