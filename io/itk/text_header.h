#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace voxprior {

/// Reads the lines of a text header that precedes binary data. Refuses, as not `format`, what is no text or never ends.
class HeaderLines {
 public:
  HeaderLines(const std::filesystem::path& path, std::string format);

  /// The next line without its line end; fails at the end of the file.
  std::string next();
  std::uint64_t bytes_read() const { return bytes_read_; }

 private:
  std::filesystem::path path_;
  std::string format_;
  std::ifstream file_;
  std::uint64_t bytes_read_ = 0;
};

std::string trimmed(const std::string& text);
std::string lower_case(std::string text);

/// The fields of a header, by name. Access fails with a message that names the file and the field.
class HeaderFields {
 public:
  explicit HeaderFields(std::filesystem::path path) : path_(std::move(path)) {}

  /// Fails if the field is there already: two values are one too many.
  void add(const std::string& name, const std::string& value);
  std::optional<std::string> find(const std::string& name) const;
  std::string require(const std::string& name) const;

  /// Whole numbers separated by blanks, exactly `count` of them.
  std::vector<std::int64_t> require_integers(const std::string& name, std::size_t count) const;

  /// Fails if the field is there and is not `count` finite numbers (commas, parentheses and the word "none" apart).
  void check_numbers(const std::string& name, std::size_t count) const;
  /// check_numbers, and every number positive.
  void check_positive(const std::string& name, std::size_t count) const;

 private:
  std::vector<double> numbers(const std::string& name) const;

  std::filesystem::path path_;
  std::map<std::string, std::string> fields_;
};

/// The three sizes out of the sizes of an image with at least three axes; refuses more axes unless their size is 1.
std::array<std::int64_t, 3> three_sizes(const std::filesystem::path& path, const std::vector<std::int64_t>& sizes);

}  // namespace voxprior
