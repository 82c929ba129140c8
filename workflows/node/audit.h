#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace voxprior {

/// The record of who sent what when, what was done with it and by which model: one line of JSON an event, appended,
/// never changed. Several processes may write. Series and studies are named by their hashes.
class AuditLog {
 public:
  /// The file must be there: a spool that is gone for a while must not begin anew.
  explicit AuditLog(std::filesystem::path file) : file_(std::move(file)) {}

  /// Adds the time. The same line goes to stderr, which is the service's log. Throws Error(ExitCode::output).
  void write(const std::string& event, const nlohmann::ordered_json& facts);
  /// The same for what goes on whether it can be written or not: on a full disk the line is kept in memory and written
  /// before the next.
  void note(const std::string& event, const nlohmann::ordered_json& facts);

 private:
  void append(const std::string& lines) const;

  std::filesystem::path file_;
  std::string unwritten_;
};

}  // namespace voxprior
