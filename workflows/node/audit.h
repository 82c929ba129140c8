#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace voxprior {

/// The record of who sent what when, what was done with it and by which model: one line of JSON an event, appended,
/// never changed. Several processes may write. Series and studies are named by their hashes.
class AuditLog {
 public:
  /// Opens or makes the file, with mode 0600. Throws Error(ExitCode::output).
  explicit AuditLog(const std::filesystem::path& file);
  ~AuditLog();
  AuditLog(const AuditLog&) = delete;
  AuditLog& operator=(const AuditLog&) = delete;

  /// Adds the time. The same line goes to stderr, which is the service's log.
  void write(const std::string& event, const nlohmann::ordered_json& facts);

 private:
  std::filesystem::path file_;
  int descriptor_ = -1;
};

}  // namespace voxprior
