#pragma once

#include <torch/types.h>

#include <functional>

#include "pipeline/reconstruction/reconstruct.h"

namespace voxprior {

/// One proximal step: argmin_u |u - b|^2 / 2 + (the prior's weight) R(u), or a denoiser in its place; `iteration` from
/// 0.
using ProximalStep = std::function<torch::Tensor(const torch::Tensor& b, int iteration)>;

/// The prior's part of the objective at u, weight included. Empty: not monitored.
using PriorValue = std::function<double(const torch::Tensor& u)>;

/// The level at which `prox` asks a denoiser in an iteration. Empty: it asks none.
using LevelAt = std::function<double(int iteration)>;

/// FISTA on |A u - y|^2 / 2 + R(u), with |A| = 1:
///
///   u_k+1 = prox(z_k - step A^H (A z_k - y)),   z_k+1 = u_k+1 + (t_k - 1) / t_k+1 (u_k+1 - u_k)
///
/// For convex R and step <= 1 the objective comes within 2 |u* - u_0|^2 / (step k^2) of its minimum. The momentum
/// starts again whenever it points uphill (O'Donoghue and Candes 2015, gradient scheme), which makes the convergence
/// linear where the objective is strongly convex. Each iteration takes one A and one A^H: A z is known from A u by
/// linearity. Beck and Teboulle, SIAM Journal on Imaging Sciences 2:183-202, 2009.
torch::Tensor fista(const NormalisedProblem& problem, double step, int iterations, const ProximalStep& prox,
                    const PriorValue& prior, const LevelAt& level, IterationMonitor& monitor);

}  // namespace voxprior
