#include "models/weights/model_card.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/error.h"
#include "models/weights/quoted.h"

namespace voxprior {
namespace {

using nlohmann::json;

constexpr int kDeepestNesting = 2;

[[noreturn]] void unfit(const std::filesystem::path& path, const std::string& what) {
  fail(ExitCode::model, path, ": model card: ", what, "; this model does not fit this version of the program");
}

json parse_object(std::string_view text, const std::string& what, const std::filesystem::path& path) {
  const auto watch = [&](int depth, json::parse_event_t event, json&) {
    const bool opens = event == json::parse_event_t::object_start || event == json::parse_event_t::array_start;
    if (opens && depth >= kDeepestNesting) unfit(path, what + " is nested too deeply");
    return true;
  };
  json root;
  try {
    root = json::parse(text.begin(), text.end(), watch);
  } catch (const json::parse_error&) {
    unfit(path, what + " is no valid JSON");
  }
  if (!root.is_object()) unfit(path, what + " is no JSON object");
  return root;
}

/// Takes keys out of a JSON object one by one and complains about those that are missing, wrong or left over.
class Fields {
 public:
  Fields(json root, const std::filesystem::path& path) : root_(std::move(root)), path_(path) {}

  std::string text(const std::string& key) {
    const json value = take(key);
    if (!value.is_string()) unfit(path_, quoted(key) + " is no text");
    return value.get<std::string>();
  }

  double number(const std::string& key) {
    const json value = take(key);
    if (!value.is_number()) unfit(path_, quoted(key) + " is no number");
    return value.get<double>();
  }

  std::int64_t count(const std::string& key) {
    const json value = take(key);
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > INT64_MAX)
      unfit(path_, quoted(key) + " is no whole number from 0 up");
    return value.get<std::int64_t>();
  }

  json object(const std::string& key) {
    const json value = take(key);
    if (!value.is_object()) unfit(path_, quoted(key) + " is no object");
    return value;
  }

  void expect_none_left() const {
    if (!root_.empty()) unfit(path_, "unknown key " + quoted(root_.begin().key()));
  }

 private:
  json take(const std::string& key) {
    const auto found = root_.find(key);
    if (found == root_.end()) unfit(path_, quoted(key) + " is missing");
    json value = *found;
    root_.erase(found);
    return value;
  }

  json root_;
  std::filesystem::path path_;
};

void expect_one_of(const std::string& key, const std::string& value, const std::set<std::string>& known,
                   const std::filesystem::path& path) {
  if (known.count(value) == 0) unfit(path, quoted(key) + " has the unknown value " + quoted(value));
}

void expect_range(const std::string& what, double low, double high, const std::filesystem::path& path) {
  if (!(low > 0 && low <= high && std::isfinite(high))) unfit(path, what + " is no positive range");
}

void check(const ModelCard& card, const std::filesystem::path& path) {
  if (card.name.empty()) unfit(path, "\"name\" is empty");
  if (card.architecture.empty()) unfit(path, "\"architecture\" is empty");
  expect_one_of("kind", card.kind, {"denoiser"}, path);
  expect_one_of("intensity", card.intensity, {"mr-p99.5", "ct-hu/1000"}, path);
  expect_one_of("modality", card.modality, {"mr", "ct", "any"}, path);
  expect_range("sigma_min to sigma_max", card.sigma_min, card.sigma_max, path);
  expect_range("voxel_min_mm to voxel_max_mm", card.voxel_min_mm, card.voxel_max_mm, path);
  for (const auto& [key, value] : card.metrics)
    if (!std::isfinite(value)) unfit(path, "metric " + quoted(key) + " is not finite");
  const bool is_hash =
      card.recipe_sha256.size() == 64 && card.recipe_sha256.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!is_hash) unfit(path, "\"recipe_sha256\" is no SHA-256 in 64 lower-case digits");
  if (card.training_steps < 0) unfit(path, "\"training_steps\" is negative");
}

/// The settings of an architecture are flat and integer, so that no network can depend on anything else.
json checked_architecture(const json& settings, const std::filesystem::path& path) {
  for (const auto& [key, value] : settings.items())
    if (!value.is_number_integer()) unfit(path, "architecture setting " + quoted(key) + " is no integer");
  return settings;
}

}  // namespace

std::string format_model_card(const ModelCard& card) {
  const std::filesystem::path path = card.name;
  check(card, path);
  const json settings = checked_architecture(parse_object(card.architecture_json, "architecture_json", path), path);
  return json{{"name", card.name},
              {"kind", card.kind},
              {"architecture", card.architecture},
              {"architecture_json", settings},
              {"sigma_min", card.sigma_min},
              {"sigma_max", card.sigma_max},
              {"intensity", card.intensity},
              {"modality", card.modality},
              {"voxel_min_mm", card.voxel_min_mm},
              {"voxel_max_mm", card.voxel_max_mm},
              {"training_data", card.training_data},
              {"licence", card.licence},
              {"metrics", card.metrics},
              {"recipe_sha256", card.recipe_sha256},
              {"program_version", card.program_version},
              {"training_steps", card.training_steps}}
      .dump();
}

ModelCard parse_model_card(std::string_view json_text, const std::filesystem::path& path) {
  Fields fields(parse_object(json_text, "it", path), path);
  ModelCard card;
  card.name = fields.text("name");
  card.kind = fields.text("kind");
  card.architecture = fields.text("architecture");
  card.architecture_json = checked_architecture(fields.object("architecture_json"), path).dump();
  card.sigma_min = fields.number("sigma_min");
  card.sigma_max = fields.number("sigma_max");
  card.intensity = fields.text("intensity");
  card.modality = fields.text("modality");
  card.voxel_min_mm = fields.number("voxel_min_mm");
  card.voxel_max_mm = fields.number("voxel_max_mm");
  card.training_data = fields.text("training_data");
  card.licence = fields.text("licence");
  const json metrics = fields.object("metrics");
  for (const auto& [key, value] : metrics.items()) {
    if (!value.is_number()) unfit(path, "metric " + quoted(key) + " is no number");
    card.metrics[key] = value.get<double>();
  }
  card.recipe_sha256 = fields.text("recipe_sha256");
  card.program_version = fields.text("program_version");
  card.training_steps = fields.count("training_steps");
  fields.expect_none_left();
  check(card, path);
  return card;
}

ModelCard model_card_of(const std::map<std::string, std::string>& metadata, const std::filesystem::path& path) {
  const auto found = metadata.find(kModelCardKey);
  if (found == metadata.end())
    fail(ExitCode::model, path, ": no model card inside; these weights were not made for this program");
  return parse_model_card(found->second, path);
}

std::int64_t architecture_setting(const ModelCard& card, const std::string& key, const std::filesystem::path& path) {
  const json settings = parse_object(card.architecture_json, "architecture_json", path);
  const auto found = settings.find(key);
  if (found == settings.end() || !found->is_number_integer())
    unfit(path, "architecture setting " + quoted(key) + " is missing");
  return found->get<std::int64_t>();
}

}  // namespace voxprior
