#include "io/dicom/scan_source.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>

#include "base/error.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kChunk = std::size_t{1} << 14;
constexpr int kRawDeflate = -15;  // zlib: no header, the largest window
constexpr std::uint64_t kHarmless = std::uint64_t{64} << 20, kLargestRatio = 200;

class FileSource : public ScanSource {
 public:
  FileSource(const InputFile& file, std::uint64_t offset)
      : file_(file), size_(file.stamp().bytes), at_(std::min(offset, size_)), end_(size_ - at_) {}

  std::uint64_t end() const override { return end_; }

  std::size_t read_some(unsigned char* bytes, std::size_t count) override {
    if (used_ == held_) {
      held_ = file_.read_at(at_, buffer_, kChunk);
      used_ = 0;
      at_ += held_;
    }
    const std::size_t got = std::min(count, held_ - used_);
    std::memcpy(bytes, buffer_ + used_, got);
    used_ += got;
    return got;
  }

  bool leap(std::uint64_t count) override {
    const std::uint64_t buffered = held_ - used_;
    if (count <= buffered) {
      used_ += static_cast<std::size_t>(count);
      return true;
    }
    if (count - buffered > size_ - std::min(size_, at_)) return false;
    at_ += count - buffered;
    used_ = held_ = 0;
    return true;
  }

 private:
  const InputFile& file_;
  std::uint64_t size_, at_, end_;  ///< at_: the file's position behind what is buffered
  unsigned char buffer_[kChunk];
  std::size_t held_ = 0, used_ = 0;
};

class InflateSource : public ScanSource {
 public:
  InflateSource(const InputFile& file, std::uint64_t offset) : path_(file.path()), deflated_(file, offset) {
    if (inflateInit2(&zlib_, kRawDeflate) != Z_OK)
      fail(ExitCode::resources, path_, ": not enough memory to decompress");
  }
  ~InflateSource() override { inflateEnd(&zlib_); }
  InflateSource(const InflateSource&) = delete;
  InflateSource& operator=(const InflateSource&) = delete;

  std::uint64_t end() const override { return kHarmless + deflated_.end() * kLargestRatio; }

  std::size_t read_some(unsigned char* bytes, std::size_t count) override {
    std::size_t got = 0;
    while (got == 0 && !finished_) got = inflate_some(bytes, std::min(count, std::size_t{1} << 30));
    return got;
  }

  bool leap(std::uint64_t count) override {
    while (count > 0) {
      const std::size_t got = read_some(passed_, static_cast<std::size_t>(std::min<std::uint64_t>(count, kChunk)));
      if (got == 0) return false;
      count -= got;
    }
    return true;
  }

 private:
  std::size_t inflate_some(unsigned char* bytes, std::size_t count) {
    if (zlib_.avail_in == 0) {
      zlib_.avail_in = static_cast<uInt>(deflated_.read_some(input_, kChunk));
      zlib_.next_in = input_;
      taken_ += zlib_.avail_in;
    }
    zlib_.next_out = bytes;
    zlib_.avail_out = static_cast<uInt>(count);
    const int status = inflate(&zlib_, Z_NO_FLUSH);
    if (status == Z_MEM_ERROR) fail(ExitCode::resources, path_, ": not enough memory to decompress");
    if (status == Z_BUF_ERROR)
      fail(ExitCode::input, path_, ": the deflated data set is cut short; copy the file again");
    if (status != Z_OK && status != Z_STREAM_END)
      fail(ExitCode::input, path_, ": the deflated data set is damaged; copy the file again");
    finished_ = status == Z_STREAM_END;
    const std::size_t got = count - zlib_.avail_out;
    made_ += got;
    if (made_ > kHarmless && made_ / kLargestRatio > taken_)
      fail(ExitCode::input, path_, ": the deflated data set inflates by more than ", kLargestRatio,
           " to 1, as no image does; the file is damaged or made to exhaust memory");
    return got;
  }

  const fs::path& path_;
  FileSource deflated_;
  z_stream zlib_{};
  bool finished_ = false;
  std::uint64_t taken_ = 0, made_ = 0;
  unsigned char input_[kChunk], passed_[kChunk];
};

}  // namespace

std::size_t ScanSource::peek(unsigned char* bytes, std::size_t count) {
  count = std::min(count, kMostPeeked);
  while (peeked_count_ < count) {
    const std::size_t got = read_some(peeked_ + peeked_count_, count - peeked_count_);
    if (got == 0) break;
    peeked_count_ += got;
  }
  count = std::min(count, peeked_count_);
  std::memcpy(bytes, peeked_, count);
  return count;
}

std::size_t ScanSource::take_peeked(unsigned char* bytes, std::size_t count) {
  count = std::min(count, peeked_count_);
  std::memcpy(bytes, peeked_, count);
  std::memmove(peeked_, peeked_ + count, peeked_count_ - count);
  peeked_count_ -= count;
  position_ += count;
  return count;
}

bool ScanSource::read(void* bytes, std::size_t count) {
  auto* next = static_cast<unsigned char*>(bytes);
  const std::size_t peeked = take_peeked(next, count);
  next += peeked, count -= peeked;
  while (count > 0) {
    const std::size_t got = read_some(next, count);
    if (got == 0) return false;
    next += got, count -= got, position_ += got;
  }
  return true;
}

bool ScanSource::skip(std::uint64_t count) {
  unsigned char passed[kMostPeeked];
  count -= take_peeked(passed, static_cast<std::size_t>(std::min<std::uint64_t>(count, kMostPeeked)));
  if (!leap(count)) return false;
  position_ += count;
  return true;
}

std::unique_ptr<ScanSource> scan_file(const InputFile& file) { return std::make_unique<FileSource>(file, 0); }

std::unique_ptr<ScanSource> scan_inflated(const InputFile& file, std::uint64_t offset) {
  return std::make_unique<InflateSource>(file, offset);
}

}  // namespace voxprior
