#include "pipeline/samplers/exponential_weights.h"

#include <cmath>
#include <cstddef>

namespace voxprior {
namespace {

/// h^-j int_0^h e^(tau - h) tau^j dtau for j = 0 .. count - 1.
std::vector<double> scaled_moments(double h, std::size_t count) {
  std::vector<double> moments;
  for (std::size_t j = 0; j < count; ++j) {
    const double degree = static_cast<double>(j);
    if (std::abs(h) < 1) {  // the recursion below would cancel: h sum_i (-h)^i j! / (j+1+i)!
      double term = h / (degree + 1), sum = 0;
      for (int i = 0; std::abs(term) > 1e-18 * std::abs(sum); ++i) {
        sum += term;
        term *= -h / (degree + 2 + i);
      }
      moments.push_back(sum);
    } else {
      moments.push_back(j == 0 ? -std::expm1(-h) : 1 - degree / h * moments.back());  // by parts
    }
  }
  return moments;
}

}  // namespace

std::vector<double> exponential_weights(const std::vector<double>& nodes, double h) {
  const std::vector<double> moments = scaled_moments(h, nodes.size());
  std::vector<double> weights;
  for (std::size_t k = 0; k < nodes.size(); ++k) {
    // Coefficients of Lagrange's polynomial k in tau/h: 1 at node k, 0 at the others.
    std::vector<double> polynomial{1};
    for (std::size_t other = 0; other < nodes.size(); ++other) {
      if (other == k) continue;
      const double root = nodes[other] / h, scale = 1 / (nodes[k] / h - root);
      polynomial.push_back(0);
      for (std::size_t j = polynomial.size(); j-- > 0;)
        polynomial[j] = scale * ((j > 0 ? polynomial[j - 1] : 0) - root * polynomial[j]);
    }
    double weight = 0;
    for (std::size_t j = 0; j < polynomial.size(); ++j) weight += polynomial[j] * moments[j];
    weights.push_back(weight);
  }
  return weights;
}

}  // namespace voxprior
