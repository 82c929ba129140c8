#include "io/itk/text_header.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <sstream>

#include "base/error.h"
#include "io/stream/input_stream.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLongestHeader = 1 << 20;

bool is_text(const std::string& line) {
  return std::none_of(line.begin(), line.end(), [](unsigned char c) { return c < 0x20 && c != '\t'; });
}

}  // namespace

HeaderLines::HeaderLines(const fs::path& path, std::string format) : path_(path), format_(std::move(format)) {
  check_input_file(path);
  file_.open(path, std::ios::binary);
  if (!file_) fail(ExitCode::input, path, ": cannot be opened");
}

std::string HeaderLines::next() {
  std::string line;
  for (int c; bytes_read_ < kLongestHeader && (c = file_.get()) != std::ifstream::traits_type::eof();) {
    ++bytes_read_;
    if (c != '\n') {
      line += static_cast<char>(c);
      continue;
    }
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!is_text(line)) break;
    return line;
  }
  fail(ExitCode::input, path_, ": the ", format_, " header is damaged or never ends");
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t"), last = text.find_last_not_of(" \t");
  return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

void HeaderFields::add(const std::string& name, const std::string& value) {
  if (!fields_.emplace(name, value).second) fail(ExitCode::input, path_, ": its header gives \"", name, "\" twice");
}

std::optional<std::string> HeaderFields::find(const std::string& name) const {
  const auto field = fields_.find(name);
  return field == fields_.end() ? std::nullopt : std::optional(field->second);
}

std::string HeaderFields::require(const std::string& name) const {
  const std::optional<std::string> value = find(name);
  if (!value) fail(ExitCode::input, path_, ": its header lacks \"", name, "\"");
  return *value;
}

std::vector<std::int64_t> HeaderFields::require_integers(const std::string& name, std::size_t count) const {
  const std::string text = require(name);
  std::istringstream stream(text);
  std::vector<std::int64_t> values;
  for (std::int64_t value; stream >> value;) values.push_back(value);
  if (!stream.eof() || values.size() != count) {
    fail(ExitCode::input, path_, ": \"", name, ": ", text, "\" should be ", count, " whole numbers");
  }
  return values;
}

std::vector<double> HeaderFields::numbers(const std::string& name) const {
  std::string text = find(name).value_or("");
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == ',' || c == '(' || c == ')'; }, ' ');
  std::istringstream words(text);
  std::vector<double> values;
  for (std::string word; words >> word;) {
    if (word == "none") continue;
    char* end = nullptr;
    values.push_back(std::strtod(word.c_str(), &end));
    if (*end != '\0') fail(ExitCode::input, path_, ": \"", name, "\" holds \"", word, "\", which is not a number");
  }
  return values;
}

void HeaderFields::check_numbers(const std::string& name, std::size_t count) const {
  if (!find(name)) return;
  const std::vector<double> values = numbers(name);
  if (values.size() != count) {
    fail(ExitCode::input, path_, ": \"", name, "\" holds ", values.size(), " numbers instead of ", count);
  }
  for (const double value : values) {
    if (!std::isfinite(value))
      fail(ExitCode::input, path_, ": \"", name, "\" holds NaN or infinity; repair the header");
  }
}

void HeaderFields::check_positive(const std::string& name, std::size_t count) const {
  check_numbers(name, count);
  for (const double value : numbers(name)) {
    if (!(value > 0)) fail(ExitCode::input, path_, ": \"", name, "\" holds ", value, "; every one must be positive");
  }
}

std::array<std::int64_t, 3> three_sizes(const fs::path& path, const std::vector<std::int64_t>& sizes) {
  if (sizes.size() < 3) fail(ExitCode::input, path, ": is a ", sizes.size(), "D image; a 3D volume is needed");
  for (std::size_t n = 3; n < sizes.size(); ++n) {
    if (sizes[n] != 1) {
      fail(ExitCode::input, path, ": is a ", sizes.size(), "D image; save the 3D volume wanted as a file of its own");
    }
  }
  return {sizes[0], sizes[1], sizes[2]};
}

}  // namespace voxprior
