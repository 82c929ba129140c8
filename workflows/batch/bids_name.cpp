#include "workflows/batch/bids_name.h"

#include <algorithm>

namespace voxprior {
namespace {

constexpr const char* kDescription = "desc";

bool is_alphanumeric(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find(at, begin)) != std::string::npos; begin = end + 1)
    parts.push_back(text.substr(begin, end - begin));
  parts.push_back(text.substr(begin));
  return parts;
}

}  // namespace

std::optional<std::string> BidsName::label(const std::string& entity) const {
  for (const auto& [key, value] : entities) {
    if (key == entity) return value;
  }
  return {};
}

std::string BidsName::text() const {
  std::string name;
  for (const auto& [key, value] : entities) name.append(key).append("-").append(value).append("_");
  return name + suffix + extension;
}

std::optional<BidsName> parse_bids_name(const std::string& file_name) {
  const std::size_t dot = file_name.find('.');
  if (dot == std::string::npos) return {};
  std::vector<std::string> parts = split(file_name.substr(0, dot), '_');
  BidsName name;
  name.suffix = parts.back();
  name.extension = file_name.substr(dot);
  parts.pop_back();
  if (!is_alphanumeric(name.suffix)) return {};
  for (const std::string& part : parts) {
    const std::size_t dash = part.find('-');
    if (dash == std::string::npos) return {};
    const std::string key = part.substr(0, dash), value = part.substr(dash + 1);
    if (!is_alphanumeric(key) || !is_alphanumeric(value)) return {};
    name.entities.emplace_back(key, value);
  }
  return name;
}

BidsName derivative_name(BidsName source, const std::string& label) {
  for (auto& [key, value] : source.entities) {
    if (key != kDescription) continue;
    value += label;
    return source;
  }
  source.entities.emplace_back(kDescription, label);
  return source;
}

}  // namespace voxprior
