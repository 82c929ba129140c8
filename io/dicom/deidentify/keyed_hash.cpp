#include "io/dicom/deidentify/keyed_hash.h"

#include <sys/random.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/sha256.h"

namespace voxprior {
namespace {

constexpr std::size_t kBlockBytes = 64;  // of SHA-256

/// -1 for what is no hexadecimal digit.
int digit_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

/// False unless `digits` are exactly the 64 that a key or a hash has.
bool bytes_from_hex(std::string_view digits, SecretKey& bytes) {
  if (digits.size() != 2 * bytes.size()) return false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int high = digit_value(digits[2 * i]), low = digit_value(digits[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    bytes[i] = static_cast<std::uint8_t>(16 * high + low);
  }
  return true;
}

std::array<std::uint8_t, kBlockBytes> padded(const SecretKey& key, std::uint8_t pad) {
  std::array<std::uint8_t, kBlockBytes> block;
  block.fill(pad);
  for (std::size_t i = 0; i < key.size(); ++i) block[i] = static_cast<std::uint8_t>(key[i] ^ pad);
  return block;
}

}  // namespace

std::string keyed_hash(const SecretKey& key, std::string_view message) {
  Sha256 inner, outer;
  inner.update(padded(key, 0x36).data(), kBlockBytes);
  inner.update(message.data(), message.size());
  SecretKey inner_hash{};
  bytes_from_hex(inner.hex(), inner_hash);
  outer.update(padded(key, 0x5c).data(), kBlockBytes);
  outer.update(inner_hash.data(), inner_hash.size());
  return outer.hex();
}

SecretKey random_key() {
  SecretKey key;
  if (::getrandom(key.data(), key.size(), 0) != static_cast<ssize_t>(key.size()))
    fail(ExitCode::resources, "the system's random generator gives no key: ", std::strerror(errno));
  return key;
}

SecretKey read_key(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0)
    fail(ExitCode::input, file, ": cannot be opened: ", std::strerror(errno), "; --new-key makes a key");
  if (!S_ISREG(status.st_mode)) fail(ExitCode::input, file, ": is not a regular file");
  if ((status.st_mode & 077) != 0)
    fail(ExitCode::input, file, ": is a secret that other users may read; run chmod 600 on it");
  std::ifstream stream(file, std::ios::binary);
  std::string text(80, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  SecretKey key{};
  if (!bytes_from_hex(text, key))
    fail(ExitCode::input, file, ": is no key of 64 hexadecimal digits; --new-key makes one");
  return key;
}

void write_key(const std::filesystem::path& file, const SecretKey& key) {
  AtomicFile out(file, Overwrite::no);
  // Before the secret is in it.
  if (::chmod(out.temporary_path().c_str(), 0600) != 0)
    fail(ExitCode::output, file, ": cannot be made private: ", std::strerror(errno));
  for (const unsigned byte : key) {
    const char digits[] = {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 0xf]};
    out.write(digits, sizeof digits);
  }
  out.write("\n");
  out.commit();
}

}  // namespace voxprior
