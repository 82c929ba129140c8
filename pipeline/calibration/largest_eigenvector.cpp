#include "pipeline/calibration/largest_eigenvector.h"

#include <ATen/Parallel.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "base/parallel.h"
#include "pipeline/core/vectorised.h"

namespace voxprior {
namespace {

constexpr int kLanes = 32;  // matrices side by side

/// Up to kLanes vectors of C complex numbers: real and imaginary parts apart, [C][kLanes].
struct Vectors {
  explicit Vectors(int coils) : re(static_cast<std::size_t>(coils * kLanes)), im(re.size()) {}
  std::vector<float> re, im;
};

/// result = M v for matrices given by their lower triangle, and its lengths.
VOXPRIOR_AVX2_TOO void multiply(const float* lower_re, const float* lower_im, int coils, const float* v_re,
                                const float* v_im, float* r_re, float* r_im, float* length) {
  float squares[kLanes] = {};
  for (int c = 0; c < coils; ++c) {
    float re[kLanes] = {}, im[kLanes] = {};
    for (int d = 0; d < coils; ++d) {
      const int row = std::max(c, d), column = std::min(c, d);
      const float sign = c >= d ? 1.0f : -1.0f;  // the upper triangle is the conjugate of the lower
      const float* m_re = lower_re + (row * (row + 1) / 2 + column) * kLanes;
      const float* m_im = lower_im + (row * (row + 1) / 2 + column) * kLanes;
      const float *x_re = v_re + d * kLanes, *x_im = v_im + d * kLanes;
      for (int n = 0; n < kLanes; ++n) {
        re[n] += m_re[n] * x_re[n] - sign * m_im[n] * x_im[n];
        im[n] += m_re[n] * x_im[n] + sign * m_im[n] * x_re[n];
      }
    }
    for (int n = 0; n < kLanes; ++n) {
      r_re[c * kLanes + n] = re[n];
      r_im[c * kLanes + n] = im[n];
      squares[n] += re[n] * re[n] + im[n] * im[n];
    }
  }
  for (int n = 0; n < kLanes; ++n) length[n] = std::sqrt(squares[n]);
}

VOXPRIOR_AVX2_TOO void divide(float* re, float* im, int coils, const float* length) {
  float factor[kLanes];
  for (int n = 0; n < kLanes; ++n) factor[n] = length[n] > 0 ? 1 / length[n] : 0;
  for (int c = 0; c < coils; ++c)
    for (int n = 0; n < kLanes; ++n) {
      re[c * kLanes + n] *= factor[n];
      im[c * kLanes + n] *= factor[n];
    }
}

}  // namespace

LargestEigenvectors largest_eigenvectors(const torch::Tensor& lower, const torch::Tensor& reference, int iterations) {
  const auto coils = static_cast<int>(reference.size(0));
  const std::int64_t pairs = coils * (coils + 1) / 2, count = lower.size(1);
  TORCH_CHECK(lower.size(0) == pairs, "expected ", pairs, " entries of ", coils, " x ", coils, " matrices, got ",
              lower.size(0));
  const torch::Tensor matrices = lower.contiguous(), start = reference.contiguous();
  LargestEigenvectors result{torch::empty({coils, count}, torch::kComplexFloat), torch::empty({count})};
  const auto* m = matrices.data_ptr<c10::complex<float>>();
  const auto* s = start.data_ptr<c10::complex<float>>();
  auto* vectors = result.vectors.data_ptr<c10::complex<float>>();
  float* values = result.values.data_ptr<float>();

  const auto blocks = static_cast<std::size_t>((count + kLanes - 1) / kLanes);
  for_slabs(blocks, 16, at::get_num_threads(), [&](std::size_t begin, std::size_t end) {
    std::vector<float> lower_re(static_cast<std::size_t>(pairs * kLanes)), lower_im(lower_re.size());
    Vectors v(coils), next(coils);
    for (std::size_t block = begin; block < end; ++block) {
      const std::int64_t first = static_cast<std::int64_t>(block) * kLanes;
      const auto lanes = static_cast<int>(std::min<std::int64_t>(kLanes, count - first));
      for (std::int64_t p = 0; p < pairs; ++p)
        for (int n = 0; n < kLanes; ++n) {
          const c10::complex<float> entry = n < lanes ? m[p * count + first + n] : c10::complex<float>(0);
          lower_re[static_cast<std::size_t>(p * kLanes + n)] = entry.real();
          lower_im[static_cast<std::size_t>(p * kLanes + n)] = entry.imag();
        }
      for (int c = 0; c < coils; ++c)
        for (int n = 0; n < kLanes; ++n) {
          v.re[static_cast<std::size_t>(c * kLanes + n)] = s[c].real();
          v.im[static_cast<std::size_t>(c * kLanes + n)] = s[c].imag();
        }
      float length[kLanes] = {};
      for (int i = 0; i < iterations; ++i) {
        multiply(lower_re.data(), lower_im.data(), coils, v.re.data(), v.im.data(), next.re.data(), next.im.data(),
                 length);
        divide(next.re.data(), next.im.data(), coils, length);
        std::swap(v.re, next.re);
        std::swap(v.im, next.im);
      }
      for (int n = 0; n < lanes; ++n) {
        // Turned so that its product with the reference is real.
        c10::complex<float> product(0);
        for (int c = 0; c < coils; ++c) {
          const auto at = static_cast<std::size_t>(c * kLanes + n);
          product += std::conj(s[c]) * c10::complex<float>(v.re[at], v.im[at]);
        }
        const float size = std::abs(product);
        const c10::complex<float> turn = size > 0 ? std::conj(product) / size : c10::complex<float>(1);
        for (int c = 0; c < coils; ++c) {
          const auto at = static_cast<std::size_t>(c * kLanes + n);
          vectors[c * count + first + n] = turn * c10::complex<float>(v.re[at], v.im[at]);
        }
        values[first + n] = length[n];
      }
    }
  });
  return result;
}

}  // namespace voxprior
