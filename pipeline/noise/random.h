#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace voxprior {

/// Philox4x32-10: ten rounds that turn a 128-bit counter and a 64-bit key into 128 random bits.
/// Counter-based: any element of any stream is computed directly, so noise does not depend on threads or chunks.
/// Salmon et al., Parallel random numbers: as easy as 1, 2, 3. SC 2011.
std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

/// out[i] = element offset + i of the standard normal sequence (seed, stream), on the calling thread.
/// Every seed and stream, 0 included, is a sequence of its own. Box-Muller in float: |out| <= 6.66.
void fill_gaussian(float* out, std::size_t n, std::uint64_t seed, std::uint64_t stream, std::uint64_t offset = 0);

/// Random numbers one at a time, for data order and augmentation. The state is three numbers that can be stored, so
/// that a resumed run draws what the interrupted one would have drawn. Draws share nothing with fill_gaussian.
class Random {
 public:
  struct State {
    std::uint64_t seed = 0;
    std::uint64_t stream = 0;
    std::uint64_t drawn = 0;  ///< Philox blocks used so far
  };

  explicit Random(std::uint64_t seed, std::uint64_t stream = 0) : state_{seed, stream, 0} {}
  explicit Random(const State& state) : state_(state) {}

  double uniform();  ///< [0, 1), 53 bits
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  double normal();                               ///< mean 0, standard deviation 1
  std::uint64_t below(std::uint64_t n);          ///< 0 .. n-1, unbiased; n must not be 0
  const State& state() const { return state_; }  ///< Random(state()) goes on from here

 private:
  std::uint64_t bits();
  State state_;
};

}  // namespace voxprior
