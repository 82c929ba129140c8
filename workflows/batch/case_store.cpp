#include "workflows/batch/case_store.h"

#include <fstream>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/sha256.h"
#include "workflows/provenance.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

constexpr const char *kCases = "cases", *kLocks = "locks", *kTaskFile = "task";

/// The names of files come from a hash: that of a case may be long, or hold what no name of a file can.
std::string file_name(const std::string& case_name) {
  return sha256_hex(case_name.data(), case_name.size()).substr(0, 24);
}

/// Empty for a folder that is new. Before the file was there all that was done was denoising.
std::string task_of(const fs::path& folder) {
  std::ifstream file(folder / kTaskFile);
  std::string task;
  if (file >> task) return task;
  std::error_code ignored;
  return fs::exists(folder / kCases, ignored) && !fs::is_empty(folder / kCases, ignored) ? "denoise" : "";
}

}  // namespace

CaseStore::CaseStore(fs::path folder) : folder_(std::move(folder)) {
  for (const char* part : {kCases, kLocks}) {
    std::error_code problem;
    fs::create_directories(folder_ / part, problem);
    if (problem) fail(ExitCode::output, folder_ / part, ": cannot create this folder: ", problem.message());
  }
}

std::optional<nlohmann::ordered_json> CaseStore::marker(const std::string& case_name) const {
  std::ifstream file(folder_ / kCases / (file_name(case_name) + ".json"));
  if (!file) return {};
  nlohmann::ordered_json marker = nlohmann::ordered_json::parse(file, nullptr, false);
  if (!marker.is_object() || !marker.contains("status") || !marker["status"].is_string()) return {};
  return marker;
}

void CaseStore::put(const std::string& case_name, const nlohmann::ordered_json& marker) const {
  write_file(folder_ / kCases / (file_name(case_name) + ".json"), json_text(marker), Overwrite::yes);
}

void CaseStore::belong_to(const std::string& task) const {
  refuse_other_task(folder_, task);
  std::error_code ignored;
  if (!fs::exists(folder_ / kTaskFile, ignored)) write_file(folder_ / kTaskFile, task + "\n", Overwrite::yes);
}

fs::path CaseStore::lock_file(const std::string& case_name) const {
  return folder_ / kLocks / (file_name(case_name) + ".lock");
}

void refuse_other_task(const fs::path& folder, const std::string& task) {
  const std::string known = task_of(folder);
  if (known.empty() || known == task) return;
  fail(ExitCode::usage, folder, ": is of --task ", known, "; give --task ", task, " an OUT of its own");
}

}  // namespace voxprior
