#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "io/dicom/input_file.h"
#include "io/dicom/pixel_meaning.h"
#include "io/dicom/pixels/stored_values.h"

namespace voxprior {

/// Uncompressed little endian pixel data: frames one after the other, which can be read without parsing the file.
struct NativePixels {
  FileStamp file;            ///< of the file as it was when its structure was checked
  std::uint64_t offset = 0;  ///< of the first frame in the file
  std::int64_t columns = 0, rows = 0, frames = 0;
  PixelCell cell;
  PixelMeaning meaning;

  std::size_t pixels() const { return static_cast<std::size_t>(columns * rows); }
};

/// Reads native frames of one file, a piece at a time that fits the processor's cache.
class NativeFrames {
 public:
  /// Refuses a file that is no longer the one that `pixels` tells of: Error(ExitCode::input).
  NativeFrames(const std::filesystem::path& path, const NativePixels& pixels);

  /// Calls take(first, stored, count) for consecutive pieces of a frame, counted from 0: the stored values of `count`
  /// pixels from pixel `first` on. Error(ExitCode::input) where the file ends before.
  template <typename Take>
  void read(std::int64_t frame, const Take& take) {
    for (std::size_t first = 0; first < pixels_.pixels(); first += kPiece) {
      const std::size_t count = read_piece(frame, first);
      take(first, stored_.data(), count);
    }
  }

 private:
  static constexpr std::size_t kPiece = std::size_t{1} << 14;

  std::size_t read_piece(std::int64_t frame, std::size_t first);

  InputFile file_;
  const NativePixels& pixels_;
  std::vector<std::uint8_t> cells_;
  std::vector<std::int32_t> stored_;
};

}  // namespace voxprior
