#pragma once

#include "pipeline/reconstruction/reconstruct.h"

namespace voxprior {

/// Regularisation by denoising, fixed-point scheme: solves A^H (A u - y) + alpha_k (u - D(u, sigma_k)) = 0 by
///
///   (A^H A + alpha_k) u_k+1 = A^H y + alpha_k D(u_k, sigma_k),   alpha_k = lambda noise^2 / sigma_k^2
///
/// u, which fits the data, is the result. sigma_k falls from sigma_start to sigma_end in the first half of the
/// iterations and stays. At a fixed sigma it converges if D is non-expansive: the map is then a contraction by at most
/// alpha / (mu + alpha), A^H A >= mu. It is the minimum of |A u - y|^2 + alpha u^T (u - D(u)) where D is locally
/// homogeneous with symmetric Jacobian, which a network is only about. For a Gaussian prior of std s it is the ridge
/// regression with weight lambda noise^2 / (s^2 + sigma^2). Romano, Elad and Milanfar, SIAM Journal on Imaging Sciences
/// 10:1804-1844, 2017, section 4.2; Reehorst and Schniter, IEEE TCI 5:52-67, 2019.
///
/// Reads iterations, tolerance, lambda, sigma_start, sigma_end, cg_iterations.
torch::Tensor reconstruct_red(const NormalisedProblem& problem, const MethodOptions& options,
                              IterationMonitor& monitor);

}  // namespace voxprior
