#include "models/weights/conditioning.h"

#include <algorithm>
#include <sstream>

namespace voxprior {

bool operator==(const SpacingRange& a, const SpacingRange& b) {
  return a.smallest_mm == b.smallest_mm && a.largest_mm == b.largest_mm && a.typical_mm == b.typical_mm;
}

bool operator==(const Conditioning& a, const Conditioning& b) {
  return a.classes == b.classes && a.spacing == b.spacing && a.labels == b.labels;
}

bool is_fit_name(const std::string& name) {
  constexpr std::size_t kLongest = 80;
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  return !name.empty() && name.size() <= kLongest && std::none_of(name.begin(), name.end(), is_control);
}

std::int64_t class_number(const Conditioning& conditioning, const std::string& name) {
  const auto found = std::find(conditioning.classes.begin(), conditioning.classes.end(), name);
  return found == conditioning.classes.end() ? -1 : found - conditioning.classes.begin();
}

std::int64_t label_number(const Labels& labels, std::int64_t value) {
  if (value == 0) return 0;
  const auto found = labels.find(value);
  return found == labels.end() ? -1 : 1 + std::distance(labels.begin(), found);
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string listed(const Labels& labels) {
  std::vector<std::string> names;
  for (const auto& [value, meaning] : labels) names.push_back(std::to_string(value) + " " + meaning);
  return listed(names);
}

std::string listed(const Spacing& spacing_mm) {
  std::ostringstream text;
  text.precision(4);
  text << spacing_mm[0] << " x " << spacing_mm[1] << " x " << spacing_mm[2];
  return text.str();
}

}  // namespace voxprior
