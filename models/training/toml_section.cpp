#include "models/training/toml_section.h"

#include <algorithm>
#include <sstream>

#include "base/error.h"

namespace voxprior {
namespace {

template <typename T>
std::string range_text(T minimum, T maximum) {
  std::ostringstream text;
  text << "must be between " << minimum << " and " << maximum;
  return text.str();
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

TomlSection::TomlSection(const toml::table& root, std::string section, std::string file)
    : section_(std::move(section)), file_(std::move(file)), table_(root[section_].as_table()) {}

std::vector<TomlSection> TomlSection::list(const toml::table& root, const std::string& name, const std::string& file) {
  std::vector<TomlSection> sections;
  const toml::array* array = root[name].as_array();
  for (std::size_t n = 0; array != nullptr && n < array->size(); ++n) {
    sections.push_back(TomlSection(root, name, file));
    sections.back().table_ = (*array)[n].as_table();
  }
  return sections;
}

void TomlSection::refuse_section(const std::string& why) const {
  if (table_ == nullptr) fail(ExitCode::usage, file_, ": [", section_, "] is missing; ", why);
  fail(ExitCode::usage, file_, ":", table_->source().begin.line, ": [", section_, "] ", why);
}

const toml::node* TomlSection::find(const char* key) {
  known_.insert(key);
  return table_ ? table_->get(key) : nullptr;
}

void TomlSection::refuse(const toml::node& node, const std::string& key, const std::string& why) const {
  fail(ExitCode::usage, file_, ":", node.source().begin.line, ": key '", section_, ".", key, "' ", why);
}

void TomlSection::read(const char* key, double& value, double minimum, double maximum) {
  const toml::node* node = find(key);
  if (!node) return;
  const auto found = node->value<double>();
  if (!node->is_number() || !found || !(*found >= minimum && *found <= maximum))
    refuse(*node, key, range_text(minimum, maximum));
  value = *found;
}

void TomlSection::read(const char* key, std::int64_t& value, std::int64_t minimum, std::int64_t maximum) {
  const toml::node* node = find(key);
  if (!node) return;
  const auto found = node->value_exact<std::int64_t>();
  if (!found || *found < minimum || *found > maximum)
    refuse(*node, key, "must be a whole number; " + range_text(minimum, maximum));
  value = *found;
}

void TomlSection::read(const char* key, bool& value) {
  const toml::node* node = find(key);
  if (!node) return;
  const auto found = node->value_exact<bool>();
  if (!found) refuse(*node, key, "must be true or false");
  value = *found;
}

void TomlSection::read(const char* key, std::string& value) {
  const toml::node* node = find(key);
  if (!node) return;
  const auto found = node->value_exact<std::string>();
  if (!found) refuse(*node, key, "must be a string");
  value = *found;
}

void TomlSection::read(const char* key, std::string& value, const std::vector<std::string>& choices) {
  const toml::node* node = find(key);
  if (!node) return;
  read(key, value);
  for (const std::string& choice : choices)
    if (value == choice) return;
  refuse(*node, key, "must be one of " + joined(choices));
}

void TomlSection::read(const char* key, std::vector<std::string>& value) {
  const toml::node* node = find(key);
  if (!node) return;
  const toml::array* array = node->as_array();
  if (!array) refuse(*node, key, "must be a list of strings");
  value.clear();
  for (const toml::node& item : *array) {
    const auto text = item.value_exact<std::string>();
    if (!text) refuse(item, key, "must be a list of strings");
    value.push_back(*text);
  }
}

void TomlSection::read(const char* key, std::vector<std::string>& value, const std::vector<std::string>& choices) {
  const toml::node* node = find(key);
  if (!node) return;
  read(key, value);
  for (const std::string& word : value)
    if (std::find(choices.begin(), choices.end(), word) == choices.end())
      refuse(*node, key, "must hold words among " + joined(choices));
}

void TomlSection::read(const char* key, std::map<std::string, std::vector<std::string>>& value) {
  const toml::node* node = find(key);
  if (!node) return;
  const toml::table* table = node->as_table();
  if (!table || table->empty()) refuse(*node, key, "must be a table of names, each with a list of strings");
  value.clear();
  for (const auto& [name, list] : *table) {
    TomlSection names(*table_, key, file_);
    names.read(std::string(name.str()).c_str(), value[std::string(name.str())]);
  }
}

void TomlSection::read(const char* key, std::vector<std::int64_t>& value, std::int64_t minimum, std::int64_t maximum) {
  const toml::node* node = find(key);
  if (!node) return;
  const toml::array* array = node->as_array();
  if (!array || array->empty()) refuse(*node, key, "must be a list of whole numbers");
  value.clear();
  for (const toml::node& item : *array) {
    const auto number = item.value_exact<std::int64_t>();
    if (!number || *number < minimum || *number > maximum)
      refuse(item, key, "must hold whole numbers; each " + range_text(minimum, maximum));
    value.push_back(*number);
  }
}

std::map<std::string, std::string> TomlSection::all_strings() {
  std::map<std::string, std::string> all;
  if (!table_) return all;
  for (const auto& [key, node] : *table_) read(std::string(key.str()).c_str(), all[std::string(key.str())]);
  return all;
}

void TomlSection::refuse_key(const std::string& key, const std::string& why) const {
  refuse(*table_->get(key), key, why);
}

void TomlSection::refuse_unknown_keys() const {
  if (!table_) return;
  for (const auto& [key, node] : *table_)
    if (!known_.count(std::string(key.str())))
      refuse(node, std::string(key.str()), "is not known; allowed: " + joined({known_.begin(), known_.end()}));
}

namespace {

std::set<std::string> united(std::set<std::string> all, const std::set<std::string>& more) {
  all.insert(more.begin(), more.end());
  return all;
}

}  // namespace

toml::table parse_toml(const std::filesystem::path& path, const std::set<std::string>& sections,
                       const std::set<std::string>& lists) {
  if (!std::filesystem::is_regular_file(path)) fail(ExitCode::usage, path.string(), ": no such configuration file");
  toml::table table;
  try {
    table = toml::parse_file(path.string());
  } catch (const toml::parse_error& e) {
    fail(ExitCode::usage, path.string(), ":", e.source().begin.line, ": not valid TOML: ", e.description());
  }
  const std::set<std::string> all = united(sections, lists);
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    const bool allowed =
        (sections.count(name) > 0 && node.is_table()) || (lists.count(name) > 0 && node.is_array_of_tables());
    if (!allowed)
      fail(ExitCode::usage, path.string(), ":", node.source().begin.line, ": '", name,
           "' is not a section; allowed: ", joined({all.begin(), all.end()}));
  }
  return table;
}

}  // namespace voxprior
