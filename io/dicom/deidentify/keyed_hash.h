#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace voxprior {

/// The secret behind UIDs, pseudonyms and date offsets: whoever has it can tell whether a guess at an original is
/// right.
using SecretKey = std::array<std::uint8_t, 32>;

/// HMAC-SHA-256 (RFC 2104, FIPS 198-1) of `message`, 64 lower-case hexadecimal digits.
std::string keyed_hash(const SecretKey& key, std::string_view message);

/// 256 bits from the operating system's random generator.
SecretKey random_key();

/// Reads a key: a file of 64 hexadecimal digits. Throws Error(ExitCode::input) if it is anything else, or if users
/// other than its owner may read it.
SecretKey read_key(const std::filesystem::path& file);

/// Writes a key to a new file that only its owner may read (mode 0600). Throws Error(ExitCode::output).
void write_key(const std::filesystem::path& file, const SecretKey& key);

}  // namespace voxprior
