#include "pipeline/noise/random.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

#include "pipeline/core/vectorised.h"

// The lane loops below are written for the vectoriser. AVX2 without fused multiply-add rounds like plain SSE2, so both
// clones give the same bits (the file is compiled with -ffp-contract=off).

namespace voxprior {
namespace {

// Philox constants of the paper: two multipliers and two Weyl key increments.
constexpr std::uint32_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57;
constexpr std::uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;
constexpr int kRounds = 10;

constexpr std::uint32_t kScalarTag = 0x52414E44;  // marks the counters of class Random; no position gets that far

constexpr int kLanes = 64;                  // Philox counters computed side by side
constexpr std::size_t kBlock = 4 * kLanes;  // normals that they make

inline void philox_round(std::uint32_t& c0, std::uint32_t& c1, std::uint32_t& c2, std::uint32_t& c3, std::uint32_t k0,
                         std::uint32_t k1) {
  const std::uint64_t p0 = static_cast<std::uint64_t>(kMultiplier0) * c0;
  const std::uint64_t p1 = static_cast<std::uint64_t>(kMultiplier1) * c2;
  c0 = static_cast<std::uint32_t>(p1 >> 32) ^ c1 ^ k0;
  c1 = static_cast<std::uint32_t>(p1);
  c2 = static_cast<std::uint32_t>(p0 >> 32) ^ c3 ^ k1;
  c3 = static_cast<std::uint32_t>(p0);
}

inline std::uint32_t float_bits(float x) {
  std::uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}

inline float float_of(std::uint32_t bits) {
  float x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

/// ln u for normal floats u > 0, relative error below 1e-6: u = 2^e m with m in [0.707, 1.414),
/// ln m = 2 atanh(s), s = (m - 1) / (m + 1), by its Taylor series (|s| < 0.172).
inline float fast_log(float u) {
  const std::uint32_t shifted = float_bits(u) - 0x3F3504F3;  // bits of sqrt(1/2)
  const float exponent = static_cast<float>(static_cast<std::int32_t>(shifted) >> 23);
  const float mantissa = float_of((shifted & 0x007FFFFF) + 0x3F3504F3);
  const float s = (mantissa - 1.0f) / (mantissa + 1.0f), s2 = s * s;
  const float series = 2.0f * s * (1.0f + s2 * (1.0f / 3 + s2 * (1.0f / 5 + s2 * (1.0f / 7 + s2 * (1.0f / 9)))));
  return exponent * 0.693147181f + series;
}

/// cos and sin of `turns` * 2 pi, |turns| <= 0.5, error below 1e-6: Taylor series within 1/8 turn of the nearest
/// quarter.
inline void fast_cos_sin(float turns, float& cosine, float& sine) {
  const std::int32_t quarter = static_cast<std::int32_t>(turns * 4.0f + 8.5f) - 8;  // nearest, by truncation above 0
  const float x = (turns - 0.25f * static_cast<float>(quarter)) * 6.283185307f, x2 = x * x;
  const float s = x * (1.0f + x2 * (-1.0f / 6 + x2 * (1.0f / 120 + x2 * (-1.0f / 5040 + x2 * (1.0f / 362880)))));
  const float c = 1.0f + x2 * (-0.5f + x2 * (1.0f / 24 + x2 * (-1.0f / 720 + x2 * (1.0f / 40320))));
  const std::uint32_t odd = 0u - (static_cast<std::uint32_t>(quarter) & 1u);
  const std::uint32_t q = static_cast<std::uint32_t>(quarter);
  const std::uint32_t cos_bits = (float_bits(s) & odd) | (float_bits(c) & ~odd);
  const std::uint32_t sin_bits = (float_bits(c) & odd) | (float_bits(s) & ~odd);
  cosine = float_of(cos_bits ^ (((q + 1u) & 2u) << 30));
  sine = float_of(sin_bits ^ ((q & 2u) << 30));
}

/// Box-Muller: two random words to two normals. The radius word keeps 31 bits so that u > 0 and the tail reaches 6.66.
inline void box_muller(std::uint32_t radius_word, std::uint32_t angle_word, float& first, float& second) {
  const float u = static_cast<float>(static_cast<std::int32_t>(radius_word >> 1)) * 0x1p-31f + 0x1p-32f;
  const float turns = static_cast<float>(static_cast<std::int32_t>(angle_word)) * 0x1p-32f;
  const float radius = std::sqrt(std::max(0.0f, -2.0f * fast_log(u)));
  float cosine, sine;
  fast_cos_sin(turns, cosine, sine);
  first = radius * cosine;
  second = radius * sine;
}

/// Normals [256 block, 256 block + 256) of a sequence; lane l of counter c goes to element 64 l + c.
VOXPRIOR_AVX2_TOO void gaussian_block(float* out, std::uint64_t block, std::uint64_t seed, std::uint64_t stream) {
  std::uint32_t c0[kLanes], c1[kLanes], c2[kLanes], c3[kLanes];
  const std::uint64_t first = block * kLanes;  // its low six bits are 0: adding a lane never carries
  for (int i = 0; i < kLanes; ++i) {
    c0[i] = static_cast<std::uint32_t>(first) + static_cast<std::uint32_t>(i);
    c1[i] = static_cast<std::uint32_t>(first >> 32);
    c2[i] = static_cast<std::uint32_t>(stream);
    c3[i] = static_cast<std::uint32_t>(stream >> 32);
  }
  std::uint32_t k0 = static_cast<std::uint32_t>(seed), k1 = static_cast<std::uint32_t>(seed >> 32);
  for (int round = 0; round < kRounds; ++round, k0 += kWeyl0, k1 += kWeyl1)
    for (int i = 0; i < kLanes; ++i) philox_round(c0[i], c1[i], c2[i], c3[i], k0, k1);
  for (int i = 0; i < kLanes; ++i) {
    box_muller(c0[i], c1[i], out[i], out[kLanes + i]);
    box_muller(c2[i], c3[i], out[2 * kLanes + i], out[3 * kLanes + i]);
  }
}

}  // namespace

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < kRounds; ++round, key[0] += kWeyl0, key[1] += kWeyl1)
    philox_round(counter[0], counter[1], counter[2], counter[3], key[0], key[1]);
  return counter;
}

void fill_gaussian(float* out, std::size_t n, std::uint64_t seed, std::uint64_t stream, std::uint64_t offset) {
  float block[kBlock];
  for (std::size_t done = 0; done < n;) {
    const std::uint64_t position = offset + done;
    const std::size_t skip = position % kBlock, count = std::min(n - done, kBlock - skip);
    gaussian_block(block, position / kBlock, seed, stream);
    std::copy_n(block + skip, count, out + done);
    done += count;
  }
}

std::uint64_t Random::bits() {
  const std::array<std::uint32_t, 4> random =
      philox4x32({static_cast<std::uint32_t>(state_.drawn), static_cast<std::uint32_t>(state_.drawn >> 32) ^ kScalarTag,
                  static_cast<std::uint32_t>(state_.stream), static_cast<std::uint32_t>(state_.stream >> 32)},
                 {static_cast<std::uint32_t>(state_.seed), static_cast<std::uint32_t>(state_.seed >> 32)});
  ++state_.drawn;
  return random[0] | static_cast<std::uint64_t>(random[1]) << 32;
}

double Random::uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

double Random::normal() {
  const double radius = std::sqrt(-2 * std::log1p(-uniform()));
  return radius * std::cos(2 * M_PI * uniform());
}

std::uint64_t Random::below(std::uint64_t n) {
  assert(n > 0);
  const std::uint64_t excess = (0 - n) % n;  // 2^64 mod n: values below it would make small results likelier
  std::uint64_t random = bits();
  while (random < excess) random = bits();
  return random % n;
}

}  // namespace voxprior
