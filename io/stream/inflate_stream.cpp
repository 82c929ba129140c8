#include <zlib.h>

#include <vector>

#include "base/error.h"
#include "io/stream/input_stream.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

// Deflate cannot expand more than 1032 times (zlib's technical notes); the constant covers an almost empty stream.
constexpr std::uint64_t kLargestExpansion = 1032, kSmallestBound = 4096;
constexpr int kWindowBits = 15, kGzipFlag = 16;

class InflateStream : public InputStream {
 public:
  InflateStream(const fs::path& path, Wrapper wrapper, std::uint64_t offset)
      : path_(path), wrapper_(wrapper), source_(open_plain(path, offset)), buffer_(std::size_t{1} << 18) {
    if (inflateInit2(&zlib_, kWindowBits + (wrapper == Wrapper::gzip ? kGzipFlag : 0)) != Z_OK) {
      fail(ExitCode::resources, path, ": not enough memory to decompress");
    }
  }
  ~InflateStream() override { inflateEnd(&zlib_); }
  InflateStream(const InflateStream&) = delete;
  InflateStream& operator=(const InflateStream&) = delete;

  std::size_t read(void* bytes, std::size_t count) override {
    std::size_t done = 0;
    while (done < count && !finished_) done += inflate_some(static_cast<Bytef*>(bytes) + done, count - done);
    return done;
  }

  std::uint64_t at_most_left() const override {
    return (source_->at_most_left() + zlib_.avail_in) * kLargestExpansion + kSmallestBound;
  }

 private:
  std::size_t inflate_some(Bytef* bytes, std::size_t count) {
    refill();
    const auto asked = static_cast<uInt>(std::min(count, std::size_t{1} << 30));
    zlib_.next_out = bytes;
    zlib_.avail_out = asked;
    const int status = inflate(&zlib_, Z_NO_FLUSH);
    const std::size_t got = asked - zlib_.avail_out;
    if (status == Z_STREAM_END) {
      begin_next_member();
    } else if (status == Z_MEM_ERROR) {
      fail(ExitCode::resources, path_, ": not enough memory to decompress");
    } else if (status == Z_BUF_ERROR || (status == Z_OK && source_ended_ && zlib_.avail_in == 0 && got == 0)) {
      fail(ExitCode::input, path_, ": the compressed data is cut short; copy or download the file again");
    } else if (status != Z_OK) {
      fail(ExitCode::input, path_, ": the compressed data is damaged (", zlib_.msg ? zlib_.msg : "unknown reason",
           "); copy or download the file again");
    }
    return got;
  }

  void refill() {
    if (zlib_.avail_in > 0 || source_ended_) return;
    const std::size_t got = source_->read(buffer_.data(), buffer_.size());
    source_ended_ = got < buffer_.size();
    zlib_.next_in = buffer_.data();
    zlib_.avail_in = static_cast<uInt>(got);
  }

  void begin_next_member() {
    refill();
    if (zlib_.avail_in == 0) {
      finished_ = true;
    } else if (wrapper_ == Wrapper::gzip && *zlib_.next_in == 0x1f) {
      inflateReset(&zlib_);
    } else {
      fail(ExitCode::input, path_,
           ": something follows the end of the compressed data; copy or download the file again");
    }
  }

  fs::path path_;
  Wrapper wrapper_;
  std::unique_ptr<InputStream> source_;
  std::vector<Bytef> buffer_;
  z_stream zlib_{};
  bool source_ended_ = false;
  bool finished_ = false;
};

}  // namespace

std::unique_ptr<InputStream> open_inflated(const fs::path& path, Wrapper wrapper, std::uint64_t offset) {
  return std::make_unique<InflateStream>(path, wrapper, offset);
}

}  // namespace voxprior
