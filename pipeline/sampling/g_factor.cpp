#include "pipeline/sampling/g_factor.h"

#include <cmath>

#include "base/error.h"

namespace voxprior {
namespace {

using Complex = std::complex<double>;
using Matrix = std::vector<std::vector<Complex>>;

constexpr double kNextToSingular = 1e-10;  // of a diagonal element

/// The diagonal of the inverse of a Hermitian positive matrix: with M = L L^H it is that of L^-H L^-1, the squared
/// lengths of the columns of L^-1. Empty when the matrix is next to singular.
std::vector<double> diagonal_of_inverse(Matrix m) {
  const std::size_t n = m.size();
  for (std::size_t c = 0; c < n; ++c) {  // Cholesky, L over the lower triangle
    const double before = m[c][c].real();
    for (std::size_t t = 0; t < c; ++t) m[c][c] -= std::norm(m[c][t]);
    if (m[c][c].real() <= kNextToSingular * before) return {};
    m[c][c] = std::sqrt(m[c][c].real());
    for (std::size_t r = c + 1; r < n; ++r) {
      for (std::size_t t = 0; t < c; ++t) m[r][c] -= m[r][t] * std::conj(m[c][t]);
      m[r][c] /= m[c][c];
    }
  }
  std::vector<double> diagonal(n, 0.);
  for (std::size_t column = 0; column < n; ++column) {  // L x = e_column
    std::vector<Complex> x(n, 0.);
    for (std::size_t r = column; r < n; ++r) {
      Complex sum = r == column ? 1. : 0.;
      for (std::size_t t = column; t < r; ++t) sum -= m[r][t] * x[t];
      x[r] = sum / m[r][r];
      diagonal[column] += std::norm(x[r]);
    }
  }
  return diagonal;
}

}  // namespace

std::vector<float> sense_g_factor(const std::vector<std::complex<float>>& maps, const std::array<std::int64_t, 3>& size,
                                  std::int64_t coils, std::int64_t acceleration) {
  if (acceleration < 1 || acceleration > coils)
    fail(ExitCode::usage, "an acceleration of ", acceleration, " needs between 1 and ", coils,
         " (the number of coils): choose another, or more coils");
  const auto voxels = static_cast<std::size_t>(size[0] * size[1] * size[2]);
  const std::int64_t apart = (size[1] + acceleration - 1) / acceleration;
  std::vector<float> g(voxels, 1);
  for (std::int64_t k = 0; k < size[2]; ++k)
    for (std::int64_t first = 0; first < apart; ++first)
      for (std::int64_t i = 0; i < size[0]; ++i) {
        std::vector<std::size_t> folded;
        for (std::int64_t j = first; j < size[1]; j += apart)
          folded.push_back(static_cast<std::size_t>((k * size[1] + j) * size[0] + i));
        Matrix m(folded.size(), std::vector<Complex>(folded.size(), 0.));
        for (std::size_t a = 0; a < folded.size(); ++a)
          for (std::size_t b = 0; b < folded.size(); ++b)
            for (std::int64_t c = 0; c < coils; ++c) {
              const auto coil = static_cast<std::size_t>(c) * voxels;
              m[a][b] += std::conj(Complex(maps[coil + folded[a]])) * Complex(maps[coil + folded[b]]);
            }
        const std::vector<double> inverse = diagonal_of_inverse(m);
        if (inverse.empty())
          fail(ExitCode::usage, "the ", coils, " coils cannot tell apart voxels that an acceleration of ", acceleration,
               " folds onto each other: choose a smaller one, or more coils");
        for (std::size_t a = 0; a < folded.size(); ++a)
          g[folded[a]] = static_cast<float>(std::sqrt(inverse[a] * m[a][a].real()));
      }
  return g;
}

}  // namespace voxprior
