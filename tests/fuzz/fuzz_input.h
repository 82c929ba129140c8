#pragma once

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/error.h"

namespace voxprior::fuzz {

/// A folder in memory (where the system has one) that lives as long as the process: readers take files, not bytes.
class InputFolder {
 public:
  InputFolder() {
    const std::filesystem::path parent =
        std::filesystem::is_directory("/dev/shm") ? "/dev/shm" : std::filesystem::temp_directory_path();
    std::string name = (parent / "voxprior-fuzz-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~InputFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  InputFolder(const InputFolder&) = delete;
  InputFolder& operator=(const InputFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// The fuzzer's bytes as a file of this name, in place of the one before.
  std::filesystem::path put(const std::string& name, const std::uint8_t* bytes, std::size_t count) const {
    std::ofstream file(path_ / name, std::ios::binary | std::ios::trunc);
    file.write(reinterpret_cast<const char*>(bytes), static_cast<std::streamsize>(count));
    if (!file.flush()) std::abort();
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

/// A reader may read or refuse. Any other exception, or one that says that the program is wrong, ends the process.
template <typename Action>
void read_or_refuse(Action action) {
  try {
    action();
  } catch (const Error& error) {
    const bool refusal =
        error.code() == ExitCode::input || error.code() == ExitCode::model || error.code() == ExitCode::resources;
    const bool one_line = std::string(error.what()).find('\n') == std::string::npos;
    if (refusal && one_line) return;
    std::fprintf(stderr, "not a refusal in one line: %s\n", error.what());
    std::abort();
  }
}

}  // namespace voxprior::fuzz
