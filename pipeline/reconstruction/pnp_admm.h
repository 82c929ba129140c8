#pragma once

#include "pipeline/reconstruction/reconstruct.h"

namespace voxprior {

/// Plug-and-play ADMM, with rho_k = lambda noise^2 / sigma_k^2:
///
///   u_k+1 = argmin_u |A u - y|^2 + rho_k |u - (v_k - w_k)|^2
///   v_k+1 = D(u_k+1 + w_k, sigma_k)
///   w_k+1 = w_k + u_k+1 - v_k+1
///
/// and v is the result. sigma_k falls from sigma_start to sigma_end in the first half of the iterations and stays:
/// first a path to a good image, then a fixed-point iteration that stops on tolerance. When rho changes w is rescaled,
/// because rho w is the dual variable. At a fixed sigma it converges if D - I is eps-Lipschitz with eps < 1, A^H A >=
/// mu and eps / ((1 + eps - 2 eps^2) mu) < 1 / rho (Ryu et al., ICML 2019), or if D is the proximal map of a convex
/// prior. For a Gaussian prior of std s the fixed point is the ridge regression with weight lambda noise^2 / s^2: the
/// posterior mean for lambda = 1, whatever sigma. Venkatakrishnan, Bouman and Wohlberg, GlobalSIP 2013; Chan, Wang and
/// Elgendy, IEEE TCI 3:84-98, 2017.
///
/// Reads iterations, tolerance, lambda, sigma_start, sigma_end, cg_iterations.
torch::Tensor reconstruct_pnp_admm(const NormalisedProblem& problem, const MethodOptions& options,
                                   IterationMonitor& monitor);

}  // namespace voxprior
