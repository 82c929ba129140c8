#include "pipeline/noise/simulate.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.h"
#include "base/parallel.h"
#include "pipeline/noise/random.h"

namespace voxprior {
namespace {

constexpr std::size_t kChunk = 1024;       // normals drawn at once: they stay in the cache
constexpr std::size_t kLeastSlab = 65536;  // voxels for which a thread is worth starting

/// sigma of voxel i: one number for all, or one for each.
struct OneSigma {
  float sigma;
  float operator()(std::size_t) const { return sigma; }
};
struct SigmaMap {
  const float* sigma;
  float operator()(std::size_t voxel) const { return sigma[voxel]; }
};

/// Calls add(first, normals, count) on chunks of at most kChunk voxels; normals[c] are the chunk's normals of stream c.
template <std::size_t Channels, typename Add>
void for_noisy_chunks(std::size_t n, std::uint64_t seed, int threads, const Add& add) {
  for_slabs(n, kLeastSlab, threads, [&](std::size_t begin, std::size_t end) {
    std::array<std::array<float, kChunk>, Channels> normals;
    for (std::size_t at = begin; at < end; at += kChunk) {
      const std::size_t count = std::min(kChunk, end - at);
      for (std::size_t c = 0; c < Channels; ++c) fill_gaussian(normals[c].data(), count, seed, c, at);
      add(at, normals, count);
    }
  });
}

template <typename Sigma>
void gaussian(float* x, std::size_t n, Sigma sigma, std::uint64_t seed, int threads) {
  for_noisy_chunks<1>(n, seed, threads, [=](std::size_t first, const auto& normals, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) x[first + i] += sigma(first + i) * normals[0][i];
  });
}

template <typename Sigma>
void rician(float* x, std::size_t n, Sigma sigma, std::uint64_t seed, int threads) {
  for_noisy_chunks<2>(n, seed, threads, [=](std::size_t first, const auto& normals, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const float s = sigma(first + i);
      const float real = x[first + i] + s * normals[0][i], imaginary = s * normals[1][i];
      x[first + i] = std::sqrt(real * real + imaginary * imaginary);
    }
  });
}

template <typename Sigma>
void noncentral_chi(float* voxels, std::size_t n, Sigma sigma, int coils, std::uint64_t seed, int threads) {
  if (coils < 1) fail(ExitCode::usage, "the number of coils must be at least 1, got ", coils);
  for_slabs(n, kLeastSlab, threads, [=](std::size_t begin, std::size_t end) {
    std::array<float, kChunk> normal, squares;
    for (std::size_t at = begin; at < end; at += kChunk) {
      const std::size_t count = std::min(kChunk, end - at);
      squares.fill(0);
      // How the signal is shared among coils changes nothing: only the sum of its squares enters the distribution.
      for (int channel = 0; channel < 2 * coils; ++channel) {
        fill_gaussian(normal.data(), count, seed, static_cast<std::uint64_t>(channel), at);
        for (std::size_t i = 0; i < count; ++i) {
          const float value = (channel == 0 ? voxels[at + i] : 0.0f) + sigma(at + i) * normal[i];
          squares[i] += value * value;
        }
      }
      for (std::size_t i = 0; i < count; ++i) voxels[at + i] = std::sqrt(squares[i]);
    }
  });
}

}  // namespace

void add_gaussian_noise(float* voxels, std::size_t n, double sigma, std::uint64_t seed, int threads) {
  gaussian(voxels, n, OneSigma{static_cast<float>(sigma)}, seed, threads);
}
void add_gaussian_noise(float* voxels, std::size_t n, const float* sigma, std::uint64_t seed, int threads) {
  gaussian(voxels, n, SigmaMap{sigma}, seed, threads);
}

void add_rician_noise(float* voxels, std::size_t n, double sigma, std::uint64_t seed, int threads) {
  rician(voxels, n, OneSigma{static_cast<float>(sigma)}, seed, threads);
}
void add_rician_noise(float* voxels, std::size_t n, const float* sigma, std::uint64_t seed, int threads) {
  rician(voxels, n, SigmaMap{sigma}, seed, threads);
}

void add_noncentral_chi_noise(float* voxels, std::size_t n, double sigma, int coils, std::uint64_t seed, int threads) {
  noncentral_chi(voxels, n, OneSigma{static_cast<float>(sigma)}, coils, seed, threads);
}
void add_noncentral_chi_noise(float* voxels, std::size_t n, const float* sigma, int coils, std::uint64_t seed,
                              int threads) {
  noncentral_chi(voxels, n, SigmaMap{sigma}, coils, seed, threads);
}

}  // namespace voxprior
