#pragma once

#include <cstdint>

namespace voxprior {

/// What the pixels of a file mean, the same for all of its frames.
struct PixelMeaning {
  bool monochrome1 = false;        ///< low values are bright
  bool has_padding = false;        ///< PixelPaddingValue is given
  std::int64_t padding_first = 0;  ///< stored values from here ...
  std::int64_t padding_last = 0;   ///< ... to here mean "no pixel" (PixelPaddingRangeLimit)
};

}  // namespace voxprior
