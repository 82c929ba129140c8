#include "io/stream/output_stream.h"

#include <zlib.h>

#include <algorithm>
#include <vector>

#include "base/error.h"

namespace voxprior {
namespace {

constexpr int kWindowBits = 15, kGzipFlag = 16, kMemoryLevel = 8;

class PlainOutput : public OutputStream {
 public:
  explicit PlainOutput(AtomicFile& file) : file_(file) {}
  void write(const void* bytes, std::size_t count) override { file_.write(bytes, count); }
  void finish() override {}

 private:
  AtomicFile& file_;
};

class GzipOutput : public OutputStream {
 public:
  GzipOutput(AtomicFile& file, int level) : file_(file), buffer_(std::size_t{1} << 18) {
    const int status =
        deflateInit2(&zlib_, level, Z_DEFLATED, kWindowBits + kGzipFlag, kMemoryLevel, Z_DEFAULT_STRATEGY);
    if (status != Z_OK) fail(ExitCode::resources, "not enough memory to compress");
  }
  ~GzipOutput() override { deflateEnd(&zlib_); }
  GzipOutput(const GzipOutput&) = delete;
  GzipOutput& operator=(const GzipOutput&) = delete;

  void write(const void* bytes, std::size_t count) override {
    auto* next = static_cast<const Bytef*>(bytes);
    while (count > 0) {
      const std::size_t taken = std::min(count, std::size_t{1} << 30);
      zlib_.next_in = const_cast<Bytef*>(next);  // zlib does not write there; its C interface lacks the const
      zlib_.avail_in = static_cast<uInt>(taken);
      deflate_all(Z_NO_FLUSH);
      next += taken, count -= taken;
    }
  }

  void finish() override { deflate_all(Z_FINISH); }

 private:
  void deflate_all(int flush) {
    do {
      zlib_.next_out = buffer_.data();
      zlib_.avail_out = static_cast<uInt>(buffer_.size());
      if (deflate(&zlib_, flush) == Z_STREAM_ERROR) fail(ExitCode::bug, "zlib refuses its own state");
      file_.write(buffer_.data(), buffer_.size() - zlib_.avail_out);
    } while (zlib_.avail_out == 0);
  }

  AtomicFile& file_;
  std::vector<Bytef> buffer_;
  z_stream zlib_{};
};

}  // namespace

std::unique_ptr<OutputStream> plain_output(AtomicFile& file) { return std::make_unique<PlainOutput>(file); }

std::unique_ptr<OutputStream> gzip_output(AtomicFile& file, int level) {
  return std::make_unique<GzipOutput>(file, level);
}

}  // namespace voxprior
