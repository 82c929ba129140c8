#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace voxprior {

/// One [section] of a TOML file whose every key must be known, of the right type and in range.
/// Each failure is an Error(ExitCode::usage): "FILE:LINE: key 'section.key' ...".
class TomlSection {
 public:
  TomlSection(const toml::table& root, std::string section, std::string file);

  /// The [[name]] tables of a file, in their order.
  static std::vector<TomlSection> list(const toml::table& root, const std::string& name, const std::string& file);

  void read(const char* key, double& value, double minimum, double maximum);
  void read(const char* key, std::int64_t& value, std::int64_t minimum, std::int64_t maximum);
  void read(const char* key, bool& value);
  void read(const char* key, std::string& value);
  void read(const char* key, std::string& value, const std::vector<std::string>& choices);
  void read(const char* key, std::vector<std::string>& value);
  void read(const char* key, std::vector<std::string>& value, const std::vector<std::string>& choices);
  void read(const char* key, std::map<std::string, std::vector<std::string>>& value);
  void read(const char* key, std::vector<std::int64_t>& value, std::int64_t minimum, std::int64_t maximum);

  /// Every key of a section that may hold any, each with a string.
  std::map<std::string, std::string> all_strings();
  [[noreturn]] void refuse_key(const std::string& key, const std::string& why) const;

  /// Call last: refuses keys that nobody read.
  void refuse_unknown_keys() const;

  bool has(const char* key) const { return table_ != nullptr && table_->contains(key); }
  /// Throws for the section as a whole: "FILE:LINE: [section] ...".
  [[noreturn]] void refuse_section(const std::string& why) const;

 private:
  const toml::node* find(const char* key);
  [[noreturn]] void refuse(const toml::node& node, const std::string& key, const std::string& why) const;

  std::string section_, file_;
  const toml::table* table_ = nullptr;
  std::set<std::string> known_;
};

/// Parses a file; refuses sections other than `sections`, and lists of tables other than `lists`.
toml::table parse_toml(const std::filesystem::path& path, const std::set<std::string>& sections,
                       const std::set<std::string>& lists = {});

}  // namespace voxprior
