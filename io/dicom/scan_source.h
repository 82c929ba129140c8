#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "io/dicom/input_file.h"

namespace voxprior {

/// Bytes to walk over, forwards: a file's, or those that its deflated rest inflates to.
class ScanSource {
 public:
  virtual ~ScanSource() = default;

  /// Reads `count` bytes; false when fewer are left.
  bool read(void* bytes, std::size_t count);
  /// Passes over `count` bytes; false when fewer are left.
  bool skip(std::uint64_t count);
  /// How many bytes were passed over: for a file, the offset in it.
  std::uint64_t position() const { return position_; }
  /// Copies the next bytes, at most `kMostPeeked`, without passing over them; returns how many, fewer only at the end.
  std::size_t peek(unsigned char* bytes, std::size_t count);
  static constexpr std::size_t kMostPeeked = 132;  ///< a preamble and "DICM"

  /// Where the bytes end, or a bound beyond which they cannot reach.
  virtual std::uint64_t end() const = 0;

 protected:
  virtual std::size_t read_some(unsigned char* bytes, std::size_t count) = 0;
  virtual bool leap(std::uint64_t count) = 0;

 private:
  std::uint64_t position_ = 0;
  std::size_t take_peeked(unsigned char* bytes, std::size_t count);
  unsigned char peeked_[kMostPeeked] = {};  ///< fetched but not passed over yet
  std::size_t peeked_count_ = 0;
};

/// The whole file. `file` must outlive the source, here and below.
std::unique_ptr<ScanSource> scan_file(const InputFile& file);

/// The raw deflate stream (RFC 1951) that fills the file from `offset` on; position() counts inflated bytes. Nothing is
/// kept in memory. A stream that inflates past 64 MiB by more than 200 to 1 is refused: no image does, a bomb's ratio
/// is near 1000.
std::unique_ptr<ScanSource> scan_inflated(const InputFile& file, std::uint64_t offset);

}  // namespace voxprior
