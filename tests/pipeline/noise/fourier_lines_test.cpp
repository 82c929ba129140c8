#include "pipeline/noise/fourier_lines.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "pipeline/noise/random.h"

namespace voxprior {
namespace {

using Complex = std::complex<float>;

ComplexGrid random_grid(const std::array<std::int64_t, 3>& size, std::uint64_t seed = 0) {
  ComplexGrid grid{size, std::vector<Complex>(static_cast<std::size_t>(size[0] * size[1] * size[2]))};
  fill_gaussian(reinterpret_cast<float*>(grid.values.data()), 2 * grid.values.size(), seed, 0);
  return grid;
}

double largest_difference(const ComplexGrid& a, const ComplexGrid& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.values.size(); ++i)
    largest = std::max(largest, static_cast<double>(std::abs(a.values[i] - b.values[i])));
  return largest;
}

/// By its definition.
ComplexGrid slow_transform(const ComplexGrid& x) {
  const auto& [ni, nj, nk] = x.size;
  ComplexGrid result = x;
  std::size_t at = 0;
  for (std::int64_t w = 0; w < nk; ++w)
    for (std::int64_t v = 0; v < nj; ++v)
      for (std::int64_t u = 0; u < ni; ++u) {
        std::complex<double> sum = 0;
        std::size_t from = 0;
        for (std::int64_t k = 0; k < nk; ++k)
          for (std::int64_t j = 0; j < nj; ++j)
            for (std::int64_t i = 0; i < ni; ++i) {
              const double turns = static_cast<double>(u * i) / static_cast<double>(ni) +
                                   static_cast<double>(v * j) / static_cast<double>(nj) +
                                   static_cast<double>(w * k) / static_cast<double>(nk);
              sum += std::complex<double>(x.values[from++]) * std::polar(1., -2 * std::acos(-1.) * turns);
            }
        result.values[at++] = Complex(sum / std::sqrt(static_cast<double>(x.values.size())));
      }
  return result;
}

TEST(FourierTransform, IsTheSumThatDefinesIt) {
  for (const std::array<std::int64_t, 3>& size : {std::array<std::int64_t, 3>{5, 6, 4}, {8, 1, 9}, {2, 10, 3}}) {
    ComplexGrid x = random_grid(size);
    const ComplexGrid slow = slow_transform(x);
    fourier_transform(x, FourierDirection::forward);
    EXPECT_LT(largest_difference(x, slow), 1e-5);
  }
}

TEST(FourierTransform, BackwardUndoesForward) {
  const ComplexGrid x = random_grid({60, 45, 32});
  ComplexGrid y = x;
  fourier_transform(y, FourierDirection::forward);
  EXPECT_GT(largest_difference(x, y), 1);
  fourier_transform(y, FourierDirection::backward);
  EXPECT_LT(largest_difference(x, y), 2e-5);
}

TEST(FourierTransform, DoesNotDependOnTheNumberOfThreads) {
  ComplexGrid one = random_grid({50, 64, 40}), three = one;
  fourier_transform(one, FourierDirection::forward, 1);
  fourier_transform(three, FourierDirection::forward, 3);
  EXPECT_EQ(one.values, three.values);
}

TEST(FourierTransform, LengthsAreMadeOfSmallPrimes) {
  EXPECT_EQ(fast_length(1), 1);
  EXPECT_EQ(fast_length(7), 8);
  EXPECT_EQ(fast_length(139), 144);
  EXPECT_EQ(fast_length(161), 162);
  EXPECT_EQ(fast_length(163), 180);
}

TEST(FourierTransform, FrequenciesAreThoseOfTheBins) {
  EXPECT_EQ(frequency_at(0, 8), 0);
  EXPECT_EQ(frequency_at(3, 8), 0.375);
  EXPECT_EQ(frequency_at(4, 8), -0.5);
  EXPECT_EQ(frequency_at(2, 5), 0.4);
  EXPECT_EQ(frequency_at(3, 5), -0.4);
}

}  // namespace
}  // namespace voxprior
