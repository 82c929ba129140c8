#include "workflows/provenance.h"

#include <cmath>
#include <ctime>

#include "base/sha256.h"
#include "base/version.h"
#include "workflows/files.h"
#include "workflows/platform.h"

namespace voxprior {
namespace {

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts = {};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

}  // namespace

nlohmann::ordered_json program_record(const std::string& command) {
  return {{"program", "voxprior"},
          {"version", version()},
          {"notice", "Research use only: not a medical device."},
          {"command", command}};
}

std::string json_text(const nlohmann::ordered_json& record) {
  return record.dump(2, ' ', false, nlohmann::detail::error_handler_t::replace) + "\n";
}

std::string description_of_results() { return std::string("voxprior ") + version() + ", research use only"; }

Provenance::Provenance(const std::string& command) : record_(program_record(command)) {
  record_["command_line"] = process_command_line();
  record_["started"] = utc_now();
}

void Provenance::add_input(const std::string& role, const std::filesystem::path& path) {
  record_["inputs"][role] = {{"path", path.string()}, {"sha256", sha256_of_file(path)}};
}

void Provenance::add_output(const std::string& role, const std::filesystem::path& path) {
  if (!path.empty()) record_["outputs"][role] = path.string();
}

void Provenance::write_beside(const std::filesystem::path& output, Overwrite overwrite) {
  const double elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  record_["seconds"] = std::round(1000 * elapsed_s) / 1000;
  write_file(sidecar_path(output), json_text(record_), overwrite);
}

std::filesystem::path sidecar_path(const std::filesystem::path& output) {
  return without_volume_ending(output) += ".voxprior.json";
}

}  // namespace voxprior
