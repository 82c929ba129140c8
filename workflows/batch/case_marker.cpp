#include "workflows/batch/case_marker.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

std::vector<fs::path> below(const fs::path& folder, const std::vector<fs::path>& names) {
  std::vector<fs::path> paths;
  for (const fs::path& name : names) paths.push_back(folder / name);
  return paths;
}

nlohmann::ordered_json head_of(const BatchCase& one, const char* status) {
  return {{"case", one.name}, {"label", one.label}, {"status", status}};
}

}  // namespace

nlohmann::ordered_json marker_of(const BatchCase& one, const DoneCase& done) {
  nlohmann::ordered_json marker = head_of(one, "done");
  marker["settings"] = done.settings;
  marker["input"] = record_of(done.input);
  for (const fs::path& file : done.files) marker["files"].push_back(file.string());
  marker["written"] = record_of(done.written);
  marker["facts"] = done.facts;
  return marker;
}

nlohmann::ordered_json marker_of(const BatchCase& one, const FailedCase& failed) {
  nlohmann::ordered_json marker = head_of(one, "failed");
  marker["exit_code"] = static_cast<int>(failed.code);
  marker["reason"] = failed.reason;
  return marker;
}

std::optional<DoneCase> done_case_from(const nlohmann::ordered_json& marker) {
  try {
    if (marker.at("status") != "done") return {};
    DoneCase done;
    done.settings = marker.at("settings").get<std::string>();
    done.input = file_state_from(marker.at("input"));
    for (const auto& file : marker.at("files")) done.files.emplace_back(file.get<std::string>());
    done.written = file_state_from(marker.at("written"));
    done.facts = marker.at("facts");
    for (const auto& notice : done.facts.at("notices")) static_cast<void>(notice.get<std::string>());
    return done;
  } catch (const nlohmann::json::exception&) {
    return {};
  }
}

std::optional<FailedCase> failed_case_from(const nlohmann::ordered_json& marker) {
  try {
    if (marker.at("status") != "failed") return {};
    return FailedCase{static_cast<ExitCode>(marker.at("exit_code").get<int>()), marker.at("reason").get<std::string>()};
  } catch (const nlohmann::json::exception&) {
    return {};
  }
}

bool is_done(const BatchCase& one, const std::string& settings, const fs::path& out, const CaseStore& store) {
  const auto marker = store.marker(one.name);
  std::optional<DoneCase> done = marker ? done_case_from(*marker) : std::nullopt;
  if (!done || done->settings != settings) return false;
  const std::vector<fs::path> outputs = below(out, done->files);
  if (!still_in_state(done->input, one.files) || !still_in_state(done->written, outputs)) return false;
  const std::string input_stamp = stamp_of(one.files), output_stamp = stamp_of(outputs);
  if (input_stamp != done->input.stamp || output_stamp != done->written.stamp) {
    done->input.stamp = input_stamp;
    done->written.stamp = output_stamp;
    store.put(one.name, marker_of(one, *done));
  }
  return true;
}

}  // namespace voxprior
