#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace voxprior {

/// How the pixels of one frame are stored: real value = displayed * slope + intercept, where `displayed` is the stored
/// value, or for MONOCHROME1 (low values are bright) its mirror image within the range of the stored bits.
struct PixelCoding {
  int bits_stored = 16;
  bool is_signed = false;
  bool monochrome1 = false;
  double slope = 1;
  double intercept = 0;
  std::int64_t padding_first = 1, padding_last = 0;  ///< stored values that mean "no pixel here"; none if first > last

  std::int64_t least() const { return is_signed ? -(std::int64_t{1} << (bits_stored - 1)) : 0; }
  std::int64_t greatest() const { return (std::int64_t{1} << (bits_stored - (is_signed ? 1 : 0))) - 1; }
  bool is_padding(std::int64_t stored) const { return padding_first <= stored && stored <= padding_last; }
};

/// The real value of a stored one, as the reader of volumes computes it.
float real_value(const PixelCoding& coding, std::int64_t stored);

struct RequantiseCounts {
  std::int64_t saturated = 0;     ///< beyond what the stored bits can hold, set to their limits
  std::int64_t off_padding = 0;   ///< would have been mistaken for padding, moved to the nearest value that is not
  std::int64_t kept_padding = 0;  ///< padding of the source, kept bit for bit

  void add(const RequantiseCounts& more) {
    saturated += more.saturated;
    off_padding += more.off_padding;
    kept_padding += more.kept_padding;
  }
};

/// Replaces stored values by those of `values`: rounded to nearest, saturated. `stored` holds the source's pixels at
/// first: where one is padding, or where the new value is the old one, it stays as it is. So what was not changed comes
/// back bit for bit, whatever the number of bits. `values` must be finite.
RequantiseCounts requantise(const PixelCoding& coding, const float* values, std::vector<std::int32_t>& stored);

}  // namespace voxprior
