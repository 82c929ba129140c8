#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace voxprior {

/// Takes the bytes that leave a stream, in order: AtomicFile::write, or a growing string.
using Sink = std::function<void(const void* bytes, std::size_t count)>;

/// Where an encoder puts its bytes. finish() must be called once, after the last write and before the sink's file is
/// committed.
class OutputStream {
 public:
  virtual ~OutputStream() = default;
  virtual void write(const void* bytes, std::size_t count) = 0;
  virtual void finish() = 0;
};

/// Bytes as they are.
std::unique_ptr<OutputStream> plain_output(Sink sink);

/// A gzip stream without name and time, so that equal volumes give equal files. `level` is zlib's, 1 to 9.
std::unique_ptr<OutputStream> gzip_output(Sink sink, int level);

}  // namespace voxprior
