#include "workflows/batch/case_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "base/error.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

/// The file opened and locked, -1 if somebody else holds it.
int open_locked(const fs::path& file) {
  for (;;) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (descriptor < 0) fail(ExitCode::output, file, ": cannot make this lock file: ", std::strerror(errno));
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      const int error = errno;
      ::close(descriptor);
      if (error == EWOULDBLOCK) return -1;
      fail(ExitCode::output, file, ": cannot be locked: ", std::strerror(error),
           "; name a folder on a file system that has locks with --work-dir");
    }
    struct stat status {};
    if (::fstat(descriptor, &status) == 0 && status.st_nlink > 0) return descriptor;
    ::close(descriptor);  // its holder removed it between our two calls
  }
}

std::string this_process() {
  char host[256] = "";
  ::gethostname(host, sizeof host - 1);
  return "process " + std::to_string(::getpid()) + " on " + host + "\n";
}

}  // namespace

std::optional<CaseLock> CaseLock::take(const fs::path& file) {
  const int descriptor = open_locked(file);
  if (descriptor < 0) return {};
  struct stat status {};
  const bool was_left = ::fstat(descriptor, &status) == 0 && status.st_size > 0;
  CaseLock lock(file, descriptor, was_left);
  const std::string text = this_process();
  if (::ftruncate(descriptor, 0) != 0 ||
      ::pwrite(descriptor, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    fail(ExitCode::output, file, ": cannot write: ", std::strerror(errno));
  }
  return lock;
}

CaseLock::CaseLock(fs::path file, int descriptor, bool was_left)
    : file_(std::move(file)), descriptor_(descriptor), was_left_(was_left) {}

CaseLock::CaseLock(CaseLock&& other) noexcept
    : file_(std::move(other.file_)), descriptor_(std::exchange(other.descriptor_, -1)), was_left_(other.was_left_) {}

CaseLock::~CaseLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void CaseLock::done() {
  ::unlink(file_.c_str());
  ::close(std::exchange(descriptor_, -1));
}

std::string holder_of(const fs::path& lock_file) {
  std::ifstream file(lock_file);
  std::string line;
  return std::getline(file, line) && !line.empty() ? line : "another process";
}

}  // namespace voxprior
