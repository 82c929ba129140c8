#include "models/weights/conditioning_json.h"

#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "models/weights/in_quotes.h"

namespace voxprior {
namespace {

using nlohmann::json;

constexpr std::size_t kMostClasses = 1000;
constexpr std::size_t kLongestValue = 6;  // digits of a label

[[noreturn]] void unfit(const std::filesystem::path& path, const std::string& what) {
  fail(ExitCode::model, path, ": model card: ", what, "; this model does not fit this version of the program");
}

std::vector<std::string> parse_classes(const json& list, const std::filesystem::path& path) {
  if (!list.is_array() || list.empty() || list.size() > kMostClasses) unfit(path, "\"classes\" is no list of names");
  std::set<std::string> seen;
  for (const json& name : list)
    if (!name.is_string() || !is_fit_name(name.get<std::string>()) || !seen.insert(name.get<std::string>()).second)
      unfit(path, "\"classes\" holds something that is no name of its own");
  return list.get<std::vector<std::string>>();
}

Spacing parse_spacing(const json& list, const std::string& key, const std::filesystem::path& path) {
  bool fits = list.is_array() && list.size() == 3;
  for (std::size_t axis = 0; fits && axis < 3; ++axis)
    fits = list[axis].is_number() && list[axis].get<double>() > 0 && list[axis].get<double>() < 1e4;
  if (!fits) unfit(path, in_quotes(key) + " is no list of three positive numbers");
  return list.get<Spacing>();
}

SpacingRange parse_range(const json& object, const std::filesystem::path& path) {
  const auto edges = [&](const char* key) {
    const auto found = object.find(key);
    if (found == object.end()) unfit(path, in_quotes(key) + " is missing");
    return parse_spacing(*found, key, path);
  };
  const SpacingRange range{edges("spacing_min_mm"), edges("spacing_max_mm"), edges("spacing_typical_mm")};
  for (int axis = 0; axis < 3; ++axis)
    if (range.smallest_mm[axis] > range.typical_mm[axis] || range.typical_mm[axis] > range.largest_mm[axis])
      unfit(path, "\"spacing_typical_mm\" is not between \"spacing_min_mm\" and \"spacing_max_mm\"");
  return range;
}

}  // namespace

json json_of(const Labels& labels) {
  json object = json::object();
  for (const auto& [value, meaning] : labels) object[std::to_string(value)] = meaning;
  return object;
}

Labels parse_labels(const json& object, const std::filesystem::path& path) {
  if (!object.is_object() || object.empty() || object.size() > kMostLabels)
    unfit(path, "labels are no object of names");
  Labels labels;
  for (const auto& [key, meaning] : object.items()) {
    const bool number = !key.empty() && key.size() <= kLongestValue && key[0] != '0' &&
                        key.find_first_not_of("0123456789") == std::string::npos;
    if (!number || !meaning.is_string() || !is_fit_name(meaning.get<std::string>()))
      unfit(path, "label " + in_quotes(key) + " is no positive number with a meaning");
    labels[std::stoll(key)] = meaning.get<std::string>();
  }
  return labels;
}

json json_of(const Conditioning& conditioning) {
  json object = json::object();
  if (!conditioning.classes.empty()) object["classes"] = conditioning.classes;
  if (!conditioning.labels.empty()) object["labels"] = json_of(conditioning.labels);
  if (conditioning.spacing) {
    object["spacing_min_mm"] = conditioning.spacing->smallest_mm;
    object["spacing_max_mm"] = conditioning.spacing->largest_mm;
    object["spacing_typical_mm"] = conditioning.spacing->typical_mm;
  }
  return object;
}

Conditioning parse_conditioning(const json& object, const std::filesystem::path& path) {
  const std::set<std::string> known{"classes", "labels", "spacing_min_mm", "spacing_max_mm", "spacing_typical_mm"};
  Conditioning conditioning;
  for (const auto& [key, value] : object.items()) {
    if (known.count(key) == 0) unfit(path, "unknown key " + in_quotes(key) + " in \"conditioning\"");
    if (key == "classes") conditioning.classes = parse_classes(value, path);
    if (key == "labels") conditioning.labels = parse_labels(value, path);
    if (key.rfind("spacing", 0) == 0 && !conditioning.spacing) conditioning.spacing = parse_range(object, path);
  }
  return conditioning;
}

}  // namespace voxprior
