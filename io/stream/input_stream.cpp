#include "io/stream/input_stream.h"

#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/error.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

class PlainStream : public InputStream {
 public:
  PlainStream(const fs::path& path, std::uint64_t offset) : path_(path), left_(check_input_file(path)) {
    file_.open(path, std::ios::binary);
    if (!file_) fail(ExitCode::input, path, ": cannot be opened: ", std::strerror(errno));
    offset = offset < left_ ? offset : left_;
    file_.seekg(static_cast<std::streamoff>(offset));
    left_ -= offset;
  }

  std::size_t read(void* bytes, std::size_t count) override {
    file_.read(static_cast<char*>(bytes), static_cast<std::streamsize>(count));
    if (file_.bad()) fail(ExitCode::input, path_, ": cannot be read; the disk or the network may be failing");
    const auto got = static_cast<std::size_t>(file_.gcount());
    left_ -= got < left_ ? got : left_;
    return got;
  }

  std::uint64_t at_most_left() const override { return left_; }

 private:
  fs::path path_;
  std::uint64_t left_;
  std::ifstream file_;
};

}  // namespace

std::uint64_t check_input_file(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) fail(ExitCode::input, path, ": no such file");
  if (error) fail(ExitCode::input, path, ": cannot be read: ", error.message());
  if (fs::is_directory(status)) fail(ExitCode::input, path, ": is a folder; give the name of an image file");
  if (!fs::is_regular_file(status)) fail(ExitCode::input, path, ": is not a regular file");
  const std::uint64_t size = fs::file_size(path, error);
  if (error) fail(ExitCode::input, path, ": cannot be read: ", error.message());
  if (size == 0) fail(ExitCode::input, path, ": the file is empty");
  return size;
}

std::unique_ptr<InputStream> open_plain(const fs::path& path, std::uint64_t offset) {
  return std::make_unique<PlainStream>(path, offset);
}

}  // namespace voxprior
