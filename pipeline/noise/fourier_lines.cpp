#include "pipeline/noise/fourier_lines.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/parallel.h"

namespace voxprior {
namespace {

constexpr std::int64_t kTogether = 16;  // lines transformed side by side: the innermost loops run over them
constexpr std::size_t kLeastBlocks = 64;
constexpr double kTwoPi = 6.28318530717958647692;

/// Real and imaginary parts of `kTogether` lines, [position][line].
struct Lines {
  explicit Lines(std::int64_t length) : real(static_cast<std::size_t>(length * kTogether)), imaginary(real.size()) {}
  std::vector<float> real, imaginary;
};

struct Plan {
  Plan(std::int64_t n, FourierDirection way) : length(n), cosine(static_cast<std::size_t>(n)), sine(cosine.size()) {
    std::int64_t left = n;
    for (const std::int64_t p : {4, 2, 3, 5})
      for (; left % p == 0; left /= p) factors.push_back(p);
    if (left != 1) fail(ExitCode::bug, "a Fourier transform of ", n, " points: not a product of 2, 3 and 5");
    const double sign = way == FourierDirection::forward ? -1 : 1;
    for (std::int64_t t = 0; t < n; ++t) {
      const double angle = sign * kTwoPi * static_cast<double>(t) / static_cast<double>(n);
      cosine[static_cast<std::size_t>(t)] = static_cast<float>(std::cos(angle));
      sine[static_cast<std::size_t>(t)] = static_cast<float>(std::sin(angle));
    }
  }
  std::int64_t length;
  std::vector<std::int64_t> factors;
  std::vector<float> cosine, sine;  ///< of exp(-+ 2 pi i t / length)
};

/// One stage: `from` holds `rows` x `stride` positions, of which p at a distance of rows / p are combined.
void combine(const Plan& plan, std::int64_t p, std::int64_t rows, std::int64_t stride, const Lines& from, Lines& to) {
  const std::int64_t m = rows / p, step = plan.length / rows, pth = plan.length / p;
  for (std::int64_t q = 0; q < m; ++q)
    for (std::int64_t k = 0; k < stride; ++k)
      for (std::int64_t r = 0; r < p; ++r) {
        float* const re = to.real.data() + (k + stride * (p * q + r)) * kTogether;
        float* const im = to.imaginary.data() + (k + stride * (p * q + r)) * kTogether;
        std::fill_n(re, kTogether, 0.0f);
        std::fill_n(im, kTogether, 0.0f);
        for (std::int64_t t = 0; t < p; ++t) {
          const std::int64_t turn = (t * r % p * pth + q * r * step) % plan.length;
          const float c = plan.cosine[static_cast<std::size_t>(turn)], s = plan.sine[static_cast<std::size_t>(turn)];
          const float* const a = from.real.data() + (k + stride * (q + m * t)) * kTogether;
          const float* const b = from.imaginary.data() + (k + stride * (q + m * t)) * kTogether;
          for (std::int64_t n = 0; n < kTogether; ++n) {
            re[n] += c * a[n] - s * b[n];
            im[n] += c * b[n] + s * a[n];
          }
        }
      }
}

void transform_lines(const Plan& plan, Lines& lines, Lines& other) {
  std::int64_t rows = plan.length, stride = 1;
  for (const std::int64_t p : plan.factors) {
    combine(plan, p, rows, stride, lines, other);
    std::swap(lines, other);
    rows /= p;
    stride *= p;
  }
}

void transform_axis(ComplexGrid& grid, int axis, FourierDirection direction, int threads) {
  const std::int64_t length = grid.size[axis];
  if (length == 1) return;
  const Plan plan(length, direction);
  const std::int64_t step = axis == 0 ? 1 : axis == 1 ? grid.size[0] : grid.size[0] * grid.size[1];
  const auto count = static_cast<std::int64_t>(grid.values.size()) / length;
  const auto blocks = static_cast<std::size_t>((count + kTogether - 1) / kTogether);
  const float scale = static_cast<float>(1 / std::sqrt(static_cast<double>(length)));
  for_slabs(blocks, kLeastBlocks, threads, [&](std::size_t begin, std::size_t end) {
    Lines lines(length), other(length);
    for (std::size_t block = begin; block < end; ++block) {
      const std::int64_t first = static_cast<std::int64_t>(block) * kTogether,
                         last = std::min(first + kTogether, count);
      for (std::int64_t n = first; n < last; ++n) {
        const std::complex<float>* const start = grid.values.data() + n / step * step * length + n % step;
        for (std::int64_t x = 0; x < length; ++x) {
          lines.real[static_cast<std::size_t>(x * kTogether + n - first)] = start[x * step].real();
          lines.imaginary[static_cast<std::size_t>(x * kTogether + n - first)] = start[x * step].imag();
        }
      }
      transform_lines(plan, lines, other);
      for (std::int64_t n = first; n < last; ++n) {
        std::complex<float>* const start = grid.values.data() + n / step * step * length + n % step;
        for (std::int64_t x = 0; x < length; ++x) {
          const auto at = static_cast<std::size_t>(x * kTogether + n - first);
          start[x * step] = {scale * lines.real[at], scale * lines.imaginary[at]};
        }
      }
    }
  });
}

}  // namespace

void fourier_transform(ComplexGrid& grid, FourierDirection direction, int threads) {
  for (int axis = 0; axis < 3; ++axis) transform_axis(grid, axis, direction, threads);
}

std::int64_t fast_length(std::int64_t length) {
  for (std::int64_t n = std::max<std::int64_t>(length, 1);; ++n) {
    std::int64_t left = n;
    for (const std::int64_t p : {2, 3, 5})
      while (left % p == 0) left /= p;
    if (left == 1) return n;
  }
}

double frequency_at(std::int64_t n, std::int64_t length) {
  return static_cast<double>(n < (length + 1) / 2 ? n : n - length) / static_cast<double>(length);
}

}  // namespace voxprior
