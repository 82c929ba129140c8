#include "io/dicom/write/series_folder.h"

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
#include <vector>

#include "base/error.h"
#include "io/dicom/input_file.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

constexpr const char* kEnding = ".dcm";

[[noreturn]] void fail_errno(const fs::path& folder, std::string_view what, int error) {
  fail(ExitCode::output, folder, ": ", what, ": ", std::strerror(error));
}

/// "out/" and "out" are one folder; its parent is that of "out".
fs::path without_slash(const fs::path& folder) { return folder.has_filename() ? folder : folder.parent_path(); }

fs::path parent_of(const fs::path& folder) { return folder.has_parent_path() ? folder.parent_path() : fs::path("."); }

std::string index_name(std::size_t index) {
  const std::string digits = std::to_string(index);
  return std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits + kEnding;
}

bool is_index_name(const fs::path& name) {
  const std::string stem = name.stem().string();
  return name.extension() == kEnding && stem.size() >= 4 && stem.find_first_not_of("0123456789") == std::string::npos;
}

bool holds_only_a_series(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_symlink() || !entry.is_regular_file() || !is_index_name(entry.path().filename())) return false;
  }
  return true;
}

/// True for ".part-<digits>-<digits>-NAME".
bool is_temporary_of(const std::string& found, const std::string& name) {
  const std::string start = ".part-", end = "-" + name;
  if (found.size() <= start.size() + end.size() || found.compare(0, start.size(), start) != 0) return false;
  if (found.compare(found.size() - end.size(), end.size(), end) != 0) return false;
  const std::string middle = found.substr(start.size(), found.size() - start.size() - end.size());
  return middle.find_first_not_of("0123456789-") == std::string::npos;
}

/// A folder that a living writer keeps locked; -1 for one that cannot be opened or that somebody holds.
int lock_folder(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0 || ::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return descriptor;
  ::close(descriptor);
  return -1;
}

/// Removes what killed processes left behind for `folder`.
void remove_abandoned(const fs::path& folder) {
  std::error_code ignored;
  for (fs::directory_iterator entry(parent_of(folder), ignored), end; entry != end; entry.increment(ignored)) {
    if (!is_temporary_of(entry->path().filename().string(), folder.filename().string())) continue;
    const int descriptor = lock_folder(entry->path());
    if (descriptor < 0) continue;
    std::error_code kept;
    fs::remove_all(entry->path(), kept);
    ::close(descriptor);
  }
}

fs::path make_temporary(const fs::path& folder) {
  static std::atomic<unsigned> next_number{0};
  for (;;) {
    const fs::path path = parent_of(folder) / (".part-" + std::to_string(::getpid()) + "-" +
                                               std::to_string(next_number++) + "-" + folder.filename().string());
    if (::mkdir(path.c_str(), 0777) == 0) return path;
    if (errno != EEXIST) fail_errno(folder, "cannot create a folder beside it", errno);
  }
}

/// Renames onto nothing or onto an empty folder, which is what rename() allows.
bool rename_onto_empty(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) == 0) return true;
  if (errno == ENOTEMPTY || errno == EEXIST) return false;
  fail_errno(to, "cannot rename", errno);
}

void sync_folder(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) fail_errno(folder, "cannot open it to flush it", errno);
  const int error = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  if (error != 0 && error != EINVAL) fail_errno(folder, "cannot flush it", error);
}

}  // namespace

void check_series_folder(const fs::path& given, Overwrite overwrite) {
  const fs::path folder = without_slash(given);
  const fs::path parent = parent_of(folder);
  std::error_code problem;
  if (folder.empty()) fail(ExitCode::output, given, ": is not the name of a folder to make");
  if (!fs::is_directory(parent, problem)) {
    fail(ExitCode::output, folder, ": folder ", parent, " does not exist; create it first");
  }
  if (::access(parent.c_str(), W_OK | X_OK) != 0) fail_errno(folder, "cannot write beside it", errno);
  const fs::file_status status = fs::symlink_status(folder, problem);
  if (!fs::exists(status)) return;
  if (!fs::is_directory(status)) fail(ExitCode::output, folder, ": exists and is no folder; choose another name");
  if (fs::is_empty(folder)) return;
  if (overwrite == Overwrite::no) {
    fail(ExitCode::output, folder, ": is not empty; choose another name or use --overwrite");
  }
  if (!holds_only_a_series(folder)) {
    fail(ExitCode::output, folder, ": holds files other than 0001.dcm, 0002.dcm, ..., which are not overwritten; ",
         "choose another name");
  }
}

SeriesFolder::SeriesFolder(fs::path folder, Overwrite overwrite)
    : folder_(without_slash(folder)), overwrite_(overwrite) {
  check_series_folder(folder_, overwrite_);
  remove_abandoned(folder_);
  temporary_ = make_temporary(folder_);
  lock_ = lock_folder(temporary_);
}

SeriesFolder::~SeriesFolder() {
  std::error_code ignored;
  if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
  if (lock_ >= 0) ::close(lock_);
}

void SeriesFolder::add(std::string_view bytes) {
  write_file(temporary_ / index_name(count_ + 1), bytes, Overwrite::no);
  ++count_;
}

void SeriesFolder::add_copy(const fs::path& file) {
  const InputFile source(file);
  AtomicFile copy(temporary_ / index_name(count_ + 1), Overwrite::no);
  std::vector<char> chunk(std::size_t{1} << 20);
  for (std::uint64_t offset = 0; offset < source.stamp().bytes;) {
    const std::size_t count = source.read_at(offset, chunk.data(), chunk.size());
    if (count == 0) fail(ExitCode::input, file, ": became shorter while it was read");
    copy.write(chunk.data(), count);
    offset += count;
  }
  copy.commit();
  ++count_;
}

void SeriesFolder::commit() {
  if (rename_onto_empty(temporary_, folder_)) {
    temporary_.clear();
  } else {
    check_series_folder(folder_, overwrite_);  // files may have appeared since the first check
    if (::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, folder_.c_str(), RENAME_EXCHANGE) != 0) {
      fail_errno(folder_, "cannot replace it", errno);
    }  // what is now under the temporary name is the old series, which the destructor removes
  }
  sync_folder(parent_of(folder_));
}

}  // namespace voxprior
