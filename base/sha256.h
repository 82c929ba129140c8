#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace voxprior {

/// SHA-256 (FIPS 180-4), incremental. Ours, so that training nodes need nothing beside LibTorch.
class Sha256 {
 public:
  Sha256();
  void update(const void* bytes, std::size_t count);
  std::string hex();  ///< 64 lower-case digits; the object is finished afterwards

 private:
  void compress(const std::uint8_t* block);
  std::uint32_t state_[8];
  std::uint8_t buffer_[64];
  std::size_t buffered_ = 0;
  std::uint64_t total_bytes_ = 0;
};

std::string sha256_hex(const void* bytes, std::size_t count);
std::string sha256_of_file(const std::filesystem::path& path);  ///< throws Error(ExitCode::input) when unreadable

}  // namespace voxprior
