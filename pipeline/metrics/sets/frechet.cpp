#include "pipeline/metrics/sets/frechet.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "pipeline/metrics/sets/principal_components.h"

namespace voxprior {
namespace {

constexpr std::size_t kFewestSamples = 10;
constexpr std::size_t kSamplesPerDimension = 10;

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::Map<const Matrix> as_matrix(const std::vector<double>& values) {
  const auto d = static_cast<Eigen::Index>(std::lround(std::sqrt(static_cast<double>(values.size()))));
  return {values.data(), d, d};
}

/// The root of a symmetric positive semidefinite matrix; eigenvalues that rounding made negative count as 0.
Matrix root(const Matrix& m) {
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(m);
  const Eigen::VectorXd roots = solver.eigenvalues().cwiseMax(0).cwiseSqrt();
  return solver.eigenvectors() * roots.asDiagonal() * solver.eigenvectors().transpose();
}

}  // namespace

Gaussian fit_gaussian(const FeatureTable& features, const Samples& samples) {
  const std::size_t n = samples.size(), d = features.dims;
  if (n <= d) {
    fail(ExitCode::input, "a Frechet distance in ", d, " dimensions needs more than ", d, " samples, and there are ",
         n);
  }
  Gaussian fit{std::vector<double>(d), std::vector<double>(d * d)};
  for (const std::size_t s : samples)
    for (std::size_t i = 0; i < d; ++i) fit.mean[i] += features.row(s)[i] / static_cast<double>(n);
  for (const std::size_t s : samples)
    for (std::size_t i = 0; i < d; ++i)
      for (std::size_t j = 0; j < d; ++j)
        fit.covariance[i * d + j] +=
            (features.row(s)[i] - fit.mean[i]) * (features.row(s)[j] - fit.mean[j]) / static_cast<double>(n - 1);
  return fit;
}

double frechet_distance(const Gaussian& a, const Gaussian& b) {
  double squared = 0;
  for (std::size_t i = 0; i < a.mean.size(); ++i) squared += (a.mean[i] - b.mean[i]) * (a.mean[i] - b.mean[i]);
  const Matrix root_a = root(as_matrix(a.covariance));
  const double mixed = root(root_a * as_matrix(b.covariance) * root_a).trace();
  return squared + as_matrix(a.covariance).trace() + as_matrix(b.covariance).trace() - 2 * mixed;
}

std::size_t frechet_dimensions(std::size_t n) { return std::max<std::size_t>(1, n / kSamplesPerDimension); }

double frechet_distance(const PairTable& inner_products, const Samples& real, const Samples& synthetic) {
  const std::size_t n = std::min(real.size(), synthetic.size());
  if (n < kFewestSamples) {
    fail(ExitCode::input, "a Frechet distance needs at least ", kFewestSamples, " samples in each set, and there are ",
         n);
  }
  const FeatureTable coordinates = principal_coordinates(inner_products, real, frechet_dimensions(n));
  return frechet_distance(fit_gaussian(coordinates, real), fit_gaussian(coordinates, synthetic));
}

}  // namespace voxprior
