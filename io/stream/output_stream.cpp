#include "io/stream/output_stream.h"

#include <zlib.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/error.h"

namespace voxprior {
namespace {

constexpr int kWindowBits = 15, kGzipFlag = 16, kMemoryLevel = 8;

class PlainOutput : public OutputStream {
 public:
  explicit PlainOutput(Sink sink) : sink_(std::move(sink)) {}
  void write(const void* bytes, std::size_t count) override { sink_(bytes, count); }
  void finish() override {}

 private:
  Sink sink_;
};

class GzipOutput : public OutputStream {
 public:
  GzipOutput(Sink sink, int level) : sink_(std::move(sink)), buffer_(std::size_t{1} << 18) {
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
      sink_(buffer_.data(), buffer_.size() - zlib_.avail_out);
    } while (zlib_.avail_out == 0);
  }

  Sink sink_;
  std::vector<Bytef> buffer_;
  z_stream zlib_{};
};

}  // namespace

std::unique_ptr<OutputStream> plain_output(Sink sink) { return std::make_unique<PlainOutput>(std::move(sink)); }

std::unique_ptr<OutputStream> gzip_output(Sink sink, int level) {
  return std::make_unique<GzipOutput>(std::move(sink), level);
}

}  // namespace voxprior
