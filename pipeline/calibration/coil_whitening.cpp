#include "pipeline/calibration/coil_whitening.h"

#include <torch/types.h>

#include <cmath>
#include <complex>
#include <vector>

#include "base/error.h"

namespace voxprior {
namespace {

using Complex = std::complex<double>;

/// A square matrix, row by row.
struct Matrix {
  explicit Matrix(std::size_t n) : size(n), values(n * n) {}
  Complex& operator()(std::size_t row, std::size_t column) { return values[row * size + column]; }
  const Complex& operator()(std::size_t row, std::size_t column) const { return values[row * size + column]; }
  std::size_t size;
  std::vector<Complex> values;
};

Matrix covariance_of(const torch::Tensor& noise) {
  const torch::Tensor n = noise.to(torch::kComplexDouble);
  const torch::Tensor product = (torch::matmul(n, n.conj().transpose(0, 1)) / n.size(1)).contiguous();
  Matrix covariance(static_cast<std::size_t>(noise.size(0)));
  const auto* values = product.data_ptr<c10::complex<double>>();
  for (std::size_t i = 0; i < covariance.values.size(); ++i)
    covariance.values[i] = {values[i].real(), values[i].imag()};
  return covariance;
}

/// The lower triangle L with L L^H = a; Cholesky's method. Few coils, so plain loops.
Matrix cholesky(const Matrix& a, double least_pivot) {
  Matrix l(a.size);
  for (std::size_t column = 0; column < a.size; ++column) {
    for (std::size_t row = column; row < a.size; ++row) {
      Complex rest = a(row, column);
      for (std::size_t k = 0; k < column; ++k) rest -= l(row, k) * std::conj(l(column, k));
      if (row > column) {
        l(row, column) = rest / l(column, column);
      } else if (rest.real() > least_pivot) {
        l(row, column) = std::sqrt(rest.real());
      } else {
        fail(ExitCode::input, "the noise scan: coil ", column,
             " has no noise of its own; it may be switched off, leave it out");
      }
    }
  }
  return l;
}

/// L^-1 by forward substitution.
Matrix inverse_of(const Matrix& l) {
  Matrix inverse(l.size);
  for (std::size_t column = 0; column < l.size; ++column) {
    for (std::size_t row = column; row < l.size; ++row) {
      Complex rest = row == column ? 1 : 0;
      for (std::size_t k = column; k < row; ++k) rest -= l(row, k) * inverse(k, column);
      inverse(row, column) = rest / l(row, row);
    }
  }
  return inverse;
}

}  // namespace

CoilWhitening coil_whitening(const torch::Tensor& noise) {
  TORCH_CHECK(noise.dim() == 2 && noise.scalar_type() == torch::kComplexFloat, "noise is [C,n] complex64");
  const std::int64_t coils = noise.size(0);
  if (noise.size(1) < 2 * coils)
    fail(ExitCode::input, "the noise scan: ", noise.size(1), " samples are too few for ", coils, " coils");
  const Matrix covariance = covariance_of(noise);
  double power = 0;
  for (std::size_t c = 0; c < covariance.size; ++c) power += covariance(c, c).real() / static_cast<double>(coils);
  const Matrix inverse = inverse_of(cholesky(covariance, 1e-9 * power));

  CoilWhitening whitening;
  whitening.sigma = std::sqrt(power / 2);
  whitening.matrix = torch::empty({coils, coils}, torch::kComplexFloat);
  auto* out = whitening.matrix.data_ptr<c10::complex<float>>();
  for (std::size_t i = 0; i < inverse.values.size(); ++i) {
    const Complex value = std::sqrt(power) * inverse.values[i];
    out[i] = {static_cast<float>(value.real()), static_cast<float>(value.imag())};
  }
  return whitening;
}

torch::Tensor whitened(const CoilWhitening& whitening, const torch::Tensor& y) {
  return torch::matmul(whitening.matrix, y.reshape({y.size(0), -1})).view(y.sizes());
}

}  // namespace voxprior
