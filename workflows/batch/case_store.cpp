#include "workflows/batch/case_store.h"

#include <fstream>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/sha256.h"
#include "workflows/provenance.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

/// The names of files come from a hash: that of a case may be long, or hold what no name of a file can.
std::string file_name(const std::string& case_name) {
  return sha256_hex(case_name.data(), case_name.size()).substr(0, 24);
}

}  // namespace

CaseStore::CaseStore(fs::path folder) : folder_(std::move(folder)) {
  for (const char* part : {"cases", "locks"}) {
    std::error_code problem;
    fs::create_directories(folder_ / part, problem);
    if (problem) fail(ExitCode::output, folder_ / part, ": cannot create this folder: ", problem.message());
  }
}

std::optional<nlohmann::ordered_json> CaseStore::marker(const std::string& case_name) const {
  std::ifstream file(folder_ / "cases" / (file_name(case_name) + ".json"));
  if (!file) return {};
  nlohmann::ordered_json marker = nlohmann::ordered_json::parse(file, nullptr, false);
  if (!marker.is_object() || !marker.contains("status") || !marker["status"].is_string()) return {};
  return marker;
}

void CaseStore::put(const std::string& case_name, const nlohmann::ordered_json& marker) const {
  write_file(folder_ / "cases" / (file_name(case_name) + ".json"), json_text(marker), Overwrite::yes);
}

fs::path CaseStore::lock_file(const std::string& case_name) const {
  return folder_ / "locks" / (file_name(case_name) + ".lock");
}

}  // namespace voxprior
