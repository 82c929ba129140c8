#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

namespace voxprior {

/// Bytes of a file, in order. Reading fails with Error(ExitCode::input); the end of the data is not an error.
class InputStream {
 public:
  virtual ~InputStream() = default;

  /// Reads `count` bytes, fewer only at the end of the data; returns how many.
  virtual std::size_t read(void* bytes, std::size_t count) = 0;

  /// An upper bound of the bytes still to come, known without reading them: lets a reader refuse a header that promises
  /// more than the file can hold before it allocates.
  virtual std::uint64_t at_most_left() const = 0;
};

/// Refuses what is missing, not a regular file, empty or unreadable; returns the size in bytes.
std::uint64_t check_input_file(const std::filesystem::path& path);

/// The bytes of a file from `offset` on.
std::unique_ptr<InputStream> open_plain(const std::filesystem::path& path, std::uint64_t offset = 0);

enum class Wrapper { gzip, zlib };

/// The inflated bytes of a gzip (RFC 1952; several members in a row are one stream) or zlib (RFC 1950) stream that runs
/// from `offset` to the end of the file. A wrong checksum, a wrong length, a cut stream or anything after it is
/// refused, at the latest by the read that meets the end: read until fewer bytes come than asked for.
std::unique_ptr<InputStream> open_inflated(const std::filesystem::path& path, Wrapper wrapper,
                                           std::uint64_t offset = 0);

}  // namespace voxprior
