#pragma once

#include <cstdint>

namespace voxprior {

/// The least even number from `least` on with no factor above 5: fast to transform.
inline std::int64_t fast_size(std::int64_t least) {
  for (std::int64_t size = least + least % 2;; size += 2) {
    std::int64_t rest = size;
    for (const std::int64_t factor : {2, 3, 5})
      while (rest % factor == 0) rest /= factor;
    if (rest == 1) return size;
  }
}

}  // namespace voxprior
