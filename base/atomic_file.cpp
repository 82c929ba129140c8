#include "base/atomic_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "base/error.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTemporaryPrefix = ".part-";

[[noreturn]] void fail_errno(const fs::path& path, std::string_view what, int error) {
  fail(ExitCode::output, path, ": ", what, ": ", std::strerror(error));
}

fs::path folder_of(const fs::path& path) { return path.has_parent_path() ? path.parent_path() : fs::path("."); }

/// The end of the final name: all of it, unless the temporary name would pass the 255 bytes that file systems allow.
std::string name_for_temporary(const fs::path& final_path) {
  const std::string name = final_path.filename().string();
  constexpr std::size_t longest = 200;
  return name.size() <= longest ? name : name.substr(name.size() - longest);
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// True for ".part-<digits>-<digits>-NAME".
bool is_temporary_of(const std::string& file_name, const std::string& name) {
  const std::string tail = "-" + name;
  if (file_name.compare(0, kTemporaryPrefix.size(), kTemporaryPrefix) != 0 || !ends_with(file_name, tail)) return false;
  if (file_name.size() < kTemporaryPrefix.size() + tail.size()) return false;
  const std::string middle =
      file_name.substr(kTemporaryPrefix.size(), file_name.size() - kTemporaryPrefix.size() - tail.size());
  return !middle.empty() && middle.find_first_not_of("0123456789-") == std::string::npos;
}

/// Removes temporary files of `final_path` whose writer is gone. A living writer holds flock() on its file; where a
/// file system has no locks nothing is removed.
void remove_abandoned(const fs::path& final_path) {
  const std::string name = name_for_temporary(final_path);
  std::error_code ignored;
  for (fs::directory_iterator entry(folder_of(final_path), ignored), end; entry != end; entry.increment(ignored)) {
    if (!is_temporary_of(entry->path().filename().string(), name)) continue;
    const int descriptor = ::open(entry->path().c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0) continue;
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) ::unlink(entry->path().c_str());
    ::close(descriptor);
  }
}

/// Takes the lock that marks a living writer; false if somebody took the file for abandoned before we had the lock.
bool lock_temporary(int descriptor) {
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return false;
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && status.st_nlink > 0;
}

void sync_file(const fs::path& written) {
  const int descriptor = ::open(written.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) fail_errno(written, "cannot be opened to flush it", errno);
  const int sync_error = ::fsync(descriptor) != 0 ? errno : 0;
  ::close(descriptor);
  if (sync_error != 0) fail_errno(written, "cannot write", sync_error);
}

/// Renames without ever replacing a file; returns 0 or errno.
int rename_to_new(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  if (::link(from.c_str(), to.c_str()) != 0) return errno;  // a file system without RENAME_NOREPLACE, e.g. NFS
  ::unlink(from.c_str());
  return 0;
}

/// Makes the rename itself durable.
void sync_folder(const fs::path& final_path) {
  const int folder = ::open(folder_of(final_path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) fail_errno(final_path, "cannot open its folder to flush it", errno);
  const int error = ::fsync(folder) == 0 ? 0 : errno;
  ::close(folder);
  if (error != 0 && error != EINVAL) fail_errno(final_path, "cannot flush its folder", error);
}

}  // namespace

AtomicFile::AtomicFile(fs::path final_path, Overwrite overwrite)
    : final_path_(std::move(final_path)), overwrite_(overwrite) {
  check_writable(final_path_, overwrite_);
  remove_abandoned(final_path_);
  create_temporary();
}

AtomicFile::~AtomicFile() {
  if (!temporary_path_.empty()) ::unlink(temporary_path_.c_str());
  if (descriptor_ >= 0) ::close(descriptor_);
}

void AtomicFile::create_temporary() {
  static std::atomic<unsigned> next_number{0};
  const std::string name = name_for_temporary(final_path_);
  for (;;) {
    temporary_path_ = folder_of(final_path_) / (std::string(kTemporaryPrefix) + std::to_string(::getpid()) + "-" +
                                                std::to_string(next_number++) + "-" + name);
    descriptor_ = ::open(temporary_path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ < 0) {
      const int error = errno;
      temporary_path_.clear();
      if (error == EEXIST) continue;
      fail_errno(final_path_, "cannot create a file in its folder", error);
    }
    if (lock_temporary(descriptor_)) return;
    ::close(descriptor_);
  }
}

void AtomicFile::write(const void* bytes, std::size_t count) {
  const char* next = static_cast<const char*>(bytes);
  while (count > 0) {
    const ssize_t written = ::write(descriptor_, next, count);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail_errno(final_path_, "cannot write", errno);
    next += written;
    count -= static_cast<std::size_t>(written);
  }
}

void AtomicFile::sync_temporary() {
  if (::fsync(descriptor_) != 0) fail_errno(final_path_, "cannot write", errno);
  // Once more by name: a library that was given temporary_path() may have put another file in the place of ours.
  const int by_name = ::open(temporary_path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (by_name < 0) fail_errno(final_path_, "its temporary file is gone", errno);
  const int error = ::fsync(by_name) == 0 ? 0 : errno;
  ::close(by_name);
  if (error != 0) fail_errno(final_path_, "cannot write", error);
}

void AtomicFile::commit() {
  sync_temporary();
  if (overwrite_ == Overwrite::yes) {
    if (::rename(temporary_path_.c_str(), final_path_.c_str()) != 0) fail_errno(final_path_, "cannot rename", errno);
  } else if (const int error = rename_to_new(temporary_path_, final_path_); error == EEXIST) {
    fail(ExitCode::output, final_path_, ": appeared while it was being written and is kept; choose another name");
  } else if (error != 0) {
    fail_errno(final_path_, "cannot rename", error);
  }
  temporary_path_.clear();
  sync_folder(final_path_);
}

void write_file(const fs::path& path, std::string_view bytes, Overwrite overwrite) {
  AtomicFile file(path, overwrite);
  file.write(bytes);
  file.commit();
}

bool place_file(const fs::path& written, const fs::path& final_path, Flush flush) {
  if (flush == Flush::to_disk) sync_file(written);
  const int error = rename_to_new(written, final_path);
  if (error == EEXIST) return false;
  if (error != 0) fail_errno(final_path, "cannot rename", error);
  if (flush == Flush::to_disk) sync_folder(final_path);
  return true;
}

void check_writable(const fs::path& path, Overwrite overwrite) {
  if (path.filename().empty()) fail(ExitCode::output, path, ": is not the name of a file");
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) fail(ExitCode::output, path, ": is a folder; give the name of a file");
    if (!S_ISREG(status.st_mode) && !S_ISLNK(status.st_mode)) {
      fail(ExitCode::output, path, ": exists and is not a regular file; choose another name");
    }
    if (overwrite == Overwrite::no) fail(ExitCode::output, path, ": exists; choose another name or use --overwrite");
  }
  const fs::path folder = folder_of(path);
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored))
    fail(ExitCode::output, path, ": folder ", folder, " does not exist; create it first");
  if (::access(folder.c_str(), W_OK | X_OK) != 0) fail_errno(path, "cannot write to its folder", errno);
}

}  // namespace voxprior
