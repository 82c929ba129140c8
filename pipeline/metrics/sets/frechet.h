#pragma once

#include "pipeline/metrics/sets/tables.h"

namespace voxprior {

/// A normal distribution.
struct Gaussian {
  std::vector<double> mean;        ///< d
  std::vector<double> covariance;  ///< d x d
};

/// Mean and unbiased covariance of some rows. Throws Error(ExitCode::input) unless there are more samples than
/// dimensions: a covariance from fewer is singular, and a Frechet distance from it says nothing.
Gaussian fit_gaussian(const FeatureTable& features, const Samples& samples);

/// The squared Frechet (2-Wasserstein) distance |m1 - m2|^2 + Tr(S1 + S2 - 2 (S1^1/2 S2 S1^1/2)^1/2): never complex,
/// because only roots of symmetric matrices are taken. Dowson & Landau, J Multivar Anal 1982; 12:450-455.
double frechet_distance(const Gaussian& a, const Gaussian& b);

/// The dimensions that n samples can carry a covariance of: a tenth of n, at least 1.
std::size_t frechet_dimensions(std::size_t n);

/// frechet_distance of two sets on the frechet_dimensions leading principal components of `real`.
/// `inner_products` are those of the features. Refuses sets of fewer than 10 samples, Error(ExitCode::input).
double frechet_distance(const PairTable& inner_products, const Samples& real, const Samples& synthetic);

}  // namespace voxprior
