#include "workflows/node/spool.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "base/error.h"
#include "base/sha256.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHashDigits = 16;

void make_folder(const fs::path& folder) {
  std::error_code problem;
  fs::create_directories(folder, problem);
  if (problem) fail(ExitCode::output, folder, ": cannot be made: ", problem.message());
  if (::chmod(folder.c_str(), 0700) != 0)
    fail(ExitCode::output, folder, ": belongs to somebody else: ", std::strerror(errno));
}

/// Held as long as the process lives, and by no child that it executes.
void lock(const fs::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) fail(ExitCode::output, file, ": cannot be made: ", std::strerror(errno));
  constexpr int attempts = 50, pause_us = 100000;  // processes of a node that was killed may take a moment to end
  int left = attempts;
  while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && --left > 0) ::usleep(pause_us);
  if (left == 0) {
    ::close(descriptor);
    fail(ExitCode::output, file.parent_path(), ": another node is running with this spool; stop it first");
  }
}

/// All zero where the folder is gone.
struct statvfs space_of(const fs::path& folder) {
  struct statvfs space {};
  if (::statvfs(folder.c_str(), &space) != 0) return {};
  return space;
}

timespec date_of(const QueuedSeries& series) { return {static_cast<std::time_t>(series.first_s), 0}; }

}  // namespace

std::string hash_of(const std::string& identifier) {
  return sha256_hex(identifier.data(), identifier.size()).substr(0, kHashDigits);
}

Spool::Spool(const NodeConfig& config)
    : root_(config.spool), percent_(config.disk_percent), free_mb_(config.disk_free_mb) {}

void Spool::begin() {
  make_folder(root_);
  lock(lock_file());
  std::error_code problem;
  fs::remove_all(root_ / "incoming", problem);
  for (const char* name : {"incoming", "series", "work"}) make_folder(root_ / name);
  std::ofstream(audit_file(), std::ios::app);
}

fs::path Spool::incoming_file(std::int64_t number) const {
  return root_ / "incoming" / (std::to_string(::getpid()) + "-" + std::to_string(number));
}

fs::path Spool::work_folder(const QueuedSeries& series) const {
  return root_ / "work" / (std::to_string(series.id) + "-" + std::to_string(series.generation));
}

std::vector<std::string> Spool::instances(const std::string& key) const {
  std::vector<std::string> names;
  std::error_code ignored;
  for (fs::directory_iterator entry(series_folder(key), ignored), end; entry != end; entry.increment(ignored))
    names.push_back(entry->path().stem().string());
  return names;
}

bool Spool::lacks_any(const std::string& key, const std::vector<std::string>& instances) const {
  return std::any_of(instances.begin(), instances.end(), [&](const std::string& name) {
    std::error_code ignored;
    return !fs::exists(instance_file(key, name), ignored);
  });
}

void Spool::seal(const fs::path& file, const QueuedSeries& series) {
  const timespec date = date_of(series);
  const timespec read_and_written[] = {date, date};
  if (::utimensat(AT_FDCWD, file.c_str(), read_and_written, 0) != 0)
    fail(ExitCode::output, file, ": cannot be given a date: ", std::strerror(errno));
}

bool Spool::is_sealed(const fs::path& file, const QueuedSeries& series) {
  struct stat status {};
  const timespec date = date_of(series);
  return ::stat(file.c_str(), &status) == 0 && status.st_mtim.tv_sec == date.tv_sec &&
         status.st_mtim.tv_nsec == date.tv_nsec;
}

bool Spool::was_tampered_with(const QueuedSeries& series) const {
  const std::vector<std::string> names = instances(series.key);
  return names.empty() || last_instance_s(series.key) > series.state_s ||
         std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return !is_sealed(instance_file(series.key, name), series); });
}

double Spool::last_instance_s(const std::string& key) const {
  struct stat status {};
  if (::stat(series_folder(key).c_str(), &status) != 0) return 0;  // none was kept yet
  return static_cast<double>(status.st_mtim.tv_sec) + 1e-9 * static_cast<double>(status.st_mtim.tv_nsec);
}

double Spool::used_share() const {
  const struct statvfs space = space_of(root_);
  return space.f_blocks == 0 ? 1 : 1 - static_cast<double>(space.f_bavail) / static_cast<double>(space.f_blocks);
}

bool Spool::is_there() const { return ::access(queue_file().c_str(), R_OK | W_OK) == 0; }

bool Spool::full() const {
  if (!is_there()) return true;
  const struct statvfs space = space_of(root_);
  const double free_mb = static_cast<double>(space.f_bavail) * static_cast<double>(space.f_frsize) / 1e6;
  return free_mb < static_cast<double>(free_mb_) || 100 * used_share() >= static_cast<double>(percent_);
}

void Spool::flush() const {
  const int descriptor = ::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0 || ::syncfs(descriptor) != 0) fail(ExitCode::output, root_, ": cannot be flushed to the disk");
  ::close(descriptor);
}

void Spool::remove_unfinished(const std::vector<std::int64_t>& processes) const {
  std::error_code ignored;
  for (fs::directory_iterator entry(root_ / "incoming", ignored), end; entry != end; entry.increment(ignored)) {
    const std::int64_t writer = std::strtoll(entry->path().filename().c_str(), nullptr, 10);
    if (std::count(processes.begin(), processes.end(), writer) > 0) fs::remove(entry->path(), ignored);
  }
}

void Spool::wipe(const QueuedSeries& series) const {
  std::error_code ignored;
  fs::remove_all(series_folder(series.key), ignored);
  const std::string prefix = std::to_string(series.id) + "-";
  for (fs::directory_iterator entry(root_ / "work", ignored), end; entry != end; entry.increment(ignored)) {
    if (entry->path().filename().string().compare(0, prefix.size(), prefix) == 0)
      fs::remove_all(entry->path(), ignored);
  }
}

}  // namespace voxprior
