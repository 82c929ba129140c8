#include "io/dicom/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <tuple>

#include "base/error.h"
#include "io/stream/input_stream.h"

namespace voxprior {

bool FileStamp::operator==(const FileStamp& other) const {
  const auto all = [](const FileStamp& s) { return std::tie(s.device, s.inode, s.bytes, s.modified_s, s.modified_ns); };
  return all(*this) == all(other);
}

InputFile::InputFile(const std::filesystem::path& path) : path_(path) {
  check_input_file(path);  // before it is opened: opening a pipe would wait
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0) {
    const int error = errno;
    if (descriptor_ >= 0) ::close(descriptor_);
    fail(ExitCode::input, path, ": cannot be opened: ", std::strerror(error));
  }
  stamp_ = {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size), status.st_mtim.tv_sec,
            status.st_mtim.tv_nsec};
}

InputFile::~InputFile() { ::close(descriptor_); }

std::size_t InputFile::read_at(std::uint64_t offset, void* bytes, std::size_t count) const {
  std::size_t total = 0;
  while (total < count) {
    const ssize_t got =
        ::pread(descriptor_, static_cast<char*>(bytes) + total, count - total, static_cast<off_t>(offset + total));
    if (got == 0) break;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(ExitCode::input, path_, ": cannot be read: ", std::strerror(errno), "; the disk may be failing");
    total += static_cast<std::size_t>(got);
  }
  return total;
}

}  // namespace voxprior
