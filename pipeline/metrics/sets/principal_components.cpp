#include "pipeline/metrics/sets/principal_components.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace voxprior {
namespace {

constexpr double kRankTolerance = 1e-10;  // of the largest eigenvalue: below it lies rounding

/// <x_i - m, x_j - m> for i in the reference and every j; m is the mean of the reference.
Eigen::MatrixXd centred_products(const PairTable& products, const Samples& reference) {
  const auto n = static_cast<Eigen::Index>(reference.size()), all = static_cast<Eigen::Index>(products.samples());
  Eigen::MatrixXd centred(n, all);
  for (Eigen::Index i = 0; i < n; ++i)
    for (Eigen::Index j = 0; j < all; ++j) centred(i, j) = products(reference[i], static_cast<std::size_t>(j));
  Eigen::VectorXd with_mean(n);  // <x_i, m>
  for (Eigen::Index i = 0; i < n; ++i) {
    with_mean(i) = 0;
    for (const std::size_t r : reference) with_mean(i) += products(reference[i], r) / static_cast<double>(n);
  }
  const double mean_squared = with_mean.mean();  // <m, m>
  const Eigen::RowVectorXd mean_with_all = centred.colwise().mean();
  centred.colwise() -= with_mean;
  centred.rowwise() -= mean_with_all;
  centred.array() += mean_squared;
  return centred;
}

}  // namespace

FeatureTable principal_coordinates(const PairTable& inner_products, const Samples& reference, std::size_t count) {
  const Eigen::MatrixXd centred = centred_products(inner_products, reference);
  const auto n = static_cast<Eigen::Index>(reference.size());
  Eigen::MatrixXd own(n, n);
  for (Eigen::Index i = 0; i < n; ++i) own.col(i) = centred.col(static_cast<Eigen::Index>(reference[i]));
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(own);  // eigenvalues ascend
  const double least = kRankTolerance * std::max(0.0, solver.eigenvalues()(n - 1));

  Eigen::Index kept = 0;
  while (kept < std::min<Eigen::Index>(n - 1, static_cast<Eigen::Index>(count)) &&
         solver.eigenvalues()(n - 1 - kept) > least)
    ++kept;
  FeatureTable coordinates{inner_products.samples(), static_cast<std::size_t>(kept), {}};
  coordinates.values.resize(coordinates.samples * coordinates.dims);
  for (Eigen::Index c = 0; c < kept; ++c) {
    const Eigen::Index column = n - 1 - c;
    const Eigen::RowVectorXd line =
        solver.eigenvectors().col(column).transpose() * centred / std::sqrt(solver.eigenvalues()(column));
    for (std::size_t s = 0; s < coordinates.samples; ++s)
      coordinates.values[s * coordinates.dims + static_cast<std::size_t>(c)] = line(static_cast<Eigen::Index>(s));
  }
  return coordinates;
}

}  // namespace voxprior
