#include "workflows/batch/case_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

#include "base/error.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMostBytes = 1024;  // of the file of a lock

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
  CaseLock lock(file, descriptor);
  lock.read_file();
  lock.write_file(lock.counted_);
  return lock;
}

CaseLock::CaseLock(fs::path file, int descriptor) : file_(std::move(file)), descriptor_(descriptor) {}

CaseLock::CaseLock(CaseLock&& other) noexcept
    : file_(std::move(other.file_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      was_left_(other.was_left_),
      begun_(other.begun_),
      counted_(std::move(other.counted_)) {}

CaseLock::~CaseLock() {
  if (descriptor_ < 0) return;
  try {
    write_file(counted_);
  } catch (const Error&) {  // the disk is full or gone: this end counts as a death
  }
  ::close(descriptor_);
}

void CaseLock::read_file() {
  char text[kMostBytes + 1] = "";
  const ssize_t size = ::pread(descriptor_, text, kMostBytes, 0);
  was_left_ = size > 0;
  std::istringstream lines(text);
  std::string holder, word;
  std::getline(lines, holder);
  Count count;
  if (lines >> word >> count.deaths >> count.work && word == "died" && count.deaths > 0) counted_ = count;
}

void CaseLock::write_file(const Count& count) const {
  std::string text = this_process();
  if (count.deaths > 0) text += "died " + std::to_string(count.deaths) + " " + count.work + "\n";
  // Written over what is there and then cut, so that whoever dies in between leaves no empty file.
  const auto size = static_cast<ssize_t>(text.size());
  if (::pwrite(descriptor_, text.data(), text.size(), 0) != size || ::ftruncate(descriptor_, size) != 0) {
    fail(ExitCode::output, file_, ": cannot write: ", std::strerror(errno));
  }
}

void CaseLock::begin(const std::string& work) {
  write_file({deaths(work) + 1, work});
  begun_ = true;
}

void CaseLock::survived() {
  if (begun_) counted_ = {};
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
