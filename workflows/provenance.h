#pragma once

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/atomic_file.h"

namespace voxprior {

/// How a volume came to be, kept as a JSON file beside it: what a reader needs to judge it and to make it again.
/// Begins with the program's version, the command line, the time and "research use only"; commands add to it.
class Provenance {
 public:
  explicit Provenance(const std::string& command);

  /// Adds a file that was read, with its SHA-256, under inputs/<role>.
  void add_input(const std::string& role, const std::filesystem::path& path);

  /// Adds a file that was written, under outputs/<role>. An empty path is an output nobody asked for.
  void add_output(const std::string& role, const std::filesystem::path& path);

  /// Adds anything else: a parameter, an estimate, a count.
  nlohmann::ordered_json& operator[](const std::string& key) { return record_[key]; }

  /// Adds all keys of an object.
  void update(const nlohmann::ordered_json& more) { record_.update(more); }

  /// Adds the seconds since this object was made and writes everything to sidecar_path(output), atomically.
  void write_beside(const std::filesystem::path& output, Overwrite overwrite);

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  nlohmann::ordered_json record_;
};

/// What every record begins with: program, version, "research use only", command.
nlohmann::ordered_json program_record(const std::string& command);

/// A record as the text of a file. A path may hold bytes that are no UTF-8, which JSON cannot: they become U+FFFD
/// rather than a failure at the end.
std::string json_text(const nlohmann::ordered_json& record);

/// What a volume file says of its origin: the program, its version and "research use only".
std::string description_of_results();

/// "folder/out.nii.gz" -> "folder/out.voxprior.json".
std::filesystem::path sidecar_path(const std::filesystem::path& output);

}  // namespace voxprior
