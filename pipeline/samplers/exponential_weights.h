#pragma once

#include <vector>

namespace voxprior {

/// Weights w_k of the data predictions D_k = D(lambda + nodes[k]) in one step of an exponential integrator, from
/// lambda = -ln sigma to lambda + h:
///
///   x(lambda + h) = e^-h x(lambda) + sum_k w_k D_k,   sum_k w_k D_k = int_0^h e^(tau - h) D(lambda + tau) dtau
///
/// exactly for polynomials D of degree below nodes.size(). The ODE is that of Lu et al. 2022, arXiv:2211.01095,
/// equation 8 with alpha = 1. nodes <= 0 give an explicit (predictor) step, a node h an implicit (corrector) one.
/// h must not be 0, the nodes must differ.
std::vector<double> exponential_weights(const std::vector<double>& nodes, double h);

}  // namespace voxprior
