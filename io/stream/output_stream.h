#pragma once

#include <cstddef>
#include <memory>

#include "base/atomic_file.h"

namespace voxprior {

/// Where an encoder puts its bytes. finish() must be called once, after the last write and before AtomicFile::commit().
class OutputStream {
 public:
  virtual ~OutputStream() = default;
  virtual void write(const void* bytes, std::size_t count) = 0;
  virtual void finish() = 0;
};

/// Bytes as they are. `file` must outlive the stream.
std::unique_ptr<OutputStream> plain_output(AtomicFile& file);

/// A gzip stream without name and time, so that equal volumes give equal files. `level` is zlib's, 1 to 9.
std::unique_ptr<OutputStream> gzip_output(AtomicFile& file, int level);

}  // namespace voxprior
