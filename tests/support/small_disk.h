#pragma once

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace voxprior::test {

/// A disk of few kB over a folder, where the system lets us mount one.
class SmallDisk {
 public:
  SmallDisk(const std::filesystem::path& folder, int kilobytes)
      : folder_(folder),
        mounted_(::mount("tmpfs", folder.c_str(), "tmpfs", 0, ("size=" + std::to_string(kilobytes) + "k").c_str()) ==
                 0) {}
  ~SmallDisk() {
    if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  /// Takes all of it but so much.
  void fill_up_to(std::int64_t bytes_left) const {
    struct statvfs space {};
    ::statvfs(folder_.c_str(), &space);
    const auto bytes = static_cast<std::int64_t>(space.f_bavail * space.f_frsize) - bytes_left;
    const int ballast = ::open((folder_ / "ballast").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const off_t end = ::lseek(ballast, 0, SEEK_END);
    const bool taken = ballast >= 0 && bytes > 0 && ::posix_fallocate(ballast, end, bytes) == 0;
    ::close(ballast);
    if (!taken) throw std::runtime_error("the small disk cannot be filled");
  }
  void make_room() const { std::filesystem::remove(folder_ / "ballast"); }

 private:
  std::filesystem::path folder_;
  bool mounted_;
};

/// A folder that cannot be written to, not even by root, where the system lets us mount it so.
class ReadOnlyFolder {
 public:
  explicit ReadOnlyFolder(const std::filesystem::path& folder)
      : folder_(folder), bound_(::mount(folder.c_str(), folder.c_str(), nullptr, MS_BIND, nullptr) == 0) {
    if (bound_) ::mount(nullptr, folder.c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr);
  }
  ~ReadOnlyFolder() {
    if (bound_) ::umount2(folder_.c_str(), MNT_DETACH);
  }
  ReadOnlyFolder(const ReadOnlyFolder&) = delete;
  ReadOnlyFolder& operator=(const ReadOnlyFolder&) = delete;

  bool mounted() const { return bound_ && ::access(folder_.c_str(), W_OK) != 0 && errno == EROFS; }

 private:
  std::filesystem::path folder_;
  bool bound_;
};

}  // namespace voxprior::test
