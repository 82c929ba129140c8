#include "workflows/report/record.h"

#include <fstream>
#include <sstream>

#include "base/error.h"
#include "workflows/files.h"
#include "workflows/provenance.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

constexpr std::uintmax_t kMostBytes = 16'000'000;

std::string joined(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) {
    const bool quoted = word.find_first_of(" \t\n'\"\\$*?;&|<>()") != std::string::npos;
    line += (line.empty() ? "" : " ") + (quoted ? "\"" + word + "\"" : word);
  }
  return line;
}

nlohmann::ordered_json object_in(const fs::path& path) {
  std::error_code problem;
  const std::uintmax_t bytes = fs::file_size(path, problem);
  if (problem || bytes > kMostBytes)
    fail(ExitCode::input, path, ": is no record of voxprior; move it away, or name the volume that it belongs to");
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  nlohmann::ordered_json json = nlohmann::ordered_json::parse(text.str(), nullptr, false);
  if (!file || !json.is_object())
    fail(ExitCode::input, path, ": is damaged: not a JSON object; make the volume again, or move this file away");
  return json;
}

}  // namespace

std::optional<Record> Record::beside(const fs::path& volume) {
  const fs::path own = sidecar_path(volume), of_bids = without_volume_ending(volume) += ".json";
  if (fs::exists(own)) return Record(object_in(own));
  if (!fs::exists(of_bids)) return std::nullopt;
  const nlohmann::ordered_json metadata = object_in(of_bids);
  const auto ours = metadata.find("Voxprior");
  return ours != metadata.end() && ours->is_object() ? std::optional<Record>(*ours) : std::nullopt;
}

const nlohmann::ordered_json* Record::at(const std::string& pointer) const {
  const nlohmann::ordered_json::json_pointer where(pointer);
  return json_.contains(where) ? &json_.at(where) : nullptr;
}

std::optional<double> Record::number(const std::string& pointer) const {
  const auto* value = at(pointer);
  return value && value->is_number() ? std::optional<double>(value->get<double>()) : std::nullopt;
}

std::optional<std::string> Record::text(const std::string& pointer) const {
  const auto* value = at(pointer);
  return value && value->is_string() ? std::optional<std::string>(value->get<std::string>()) : std::nullopt;
}

std::vector<std::string> Record::texts(const std::string& pointer) const {
  std::vector<std::string> found;
  const auto* value = at(pointer);
  if (!value || !value->is_array()) return found;
  for (const auto& one : *value)
    if (one.is_string()) found.push_back(one.get<std::string>());
  return found;
}

std::optional<std::string> Record::model(const std::string& key) const {
  const auto denoiser = text("/model/" + key);
  return denoiser ? denoiser : text("/reconstruction/model/" + key);
}

std::vector<std::pair<std::string, std::string>> Record::origins() const {
  std::vector<std::pair<std::string, std::string>> rows;
  const auto add = [&](const std::string& what, const std::optional<std::string>& value) {
    if (value && !value->empty()) rows.emplace_back(what, *value);
  };
  add("Command", joined(texts("/command_line")));
  add("Version", text("/version"));
  add("Started", text("/started"));
  add("Input", text("/inputs/volume/path"));
  add("SHA-256 of the input", text("/inputs/volume/sha256"));
  add("Input", text("/inputs/series/path"));
  add("SHA-256 of the input", text("/inputs/series/sha256"));
  add("Model", model("name"));
  add("SHA-256 of the model", model("sha256"));
  add("Device", text("/device"));
  add("Precision", text("/precision"));
  return rows;
}

}  // namespace voxprior
