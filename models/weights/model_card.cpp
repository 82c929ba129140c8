#include "models/weights/model_card.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/error.h"
#include "models/weights/conditioning_json.h"
#include "models/weights/in_quotes.h"

namespace voxprior {
namespace {

using nlohmann::json;

constexpr int kDeepestNesting = 3;  // card > widths > list
constexpr std::int64_t kLargestWidth = 1'000'000, kMostAdvisedSteps = 10'000;

[[noreturn]] void unfit(const std::filesystem::path& path, const std::string& what) {
  fail(ExitCode::model, path, ": model card: ", what, "; this model does not fit this version of the program");
}

json parse_object(std::string_view text, const std::filesystem::path& path) {
  const auto watch = [&](int depth, json::parse_event_t event, json&) {
    const bool opens = event == json::parse_event_t::object_start || event == json::parse_event_t::array_start;
    if (opens && depth >= kDeepestNesting) unfit(path, "it is nested too deeply");
    return true;
  };
  json root;
  try {
    root = json::parse(text.begin(), text.end(), watch);
  } catch (const json::exception&) {  // not only parse_error: a number such as 1e999 is an out_of_range
    unfit(path, "it is no valid JSON");
  }
  if (!root.is_object()) unfit(path, "it is no JSON object");
  return root;
}

/// Takes keys out of a JSON object one by one and complains about those that are missing, wrong or left over.
class Fields {
 public:
  Fields(json root, const std::filesystem::path& path) : root_(std::move(root)), path_(path) {}

  std::string text(const std::string& key) {
    const json value = take(key);
    if (!value.is_string()) unfit(path_, in_quotes(key) + " is no text");
    return value.get<std::string>();
  }

  double number(const std::string& key) {
    const json value = take(key);
    if (!value.is_number()) unfit(path_, in_quotes(key) + " is no number");
    return value.get<double>();
  }

  std::int64_t count(const std::string& key) {
    const json value = take(key);
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > INT64_MAX)
      unfit(path_, in_quotes(key) + " is no whole number from 0 up");
    return value.get<std::int64_t>();
  }

  json object(const std::string& key) {
    const json value = take(key);
    if (!value.is_object()) unfit(path_, in_quotes(key) + " is no object");
    return value;
  }

  bool has(const std::string& key) const { return root_.contains(key); }

  void expect_none_left() const {
    if (!root_.empty()) unfit(path_, "unknown key " + in_quotes(root_.begin().key()));
  }

 private:
  json take(const std::string& key) {
    const auto found = root_.find(key);
    if (found == root_.end()) unfit(path_, in_quotes(key) + " is missing");
    json value = *found;
    root_.erase(found);
    return value;
  }

  json root_;
  std::filesystem::path path_;
};

void expect_one_of(const std::string& key, const std::string& value, const std::set<std::string>& known,
                   const std::filesystem::path& path) {
  if (known.count(value) == 0) unfit(path, in_quotes(key) + " has the unknown value " + in_quotes(value));
}

void expect_range(const std::string& what, double low, double high, const std::filesystem::path& path) {
  if (!(low > 0 && low <= high && std::isfinite(high))) unfit(path, what + " is no positive range");
}

std::vector<std::int64_t> parse_widths(const std::string& key, const json& list, const std::filesystem::path& path) {
  const auto fits = [](const json& width) {
    return width.is_number_integer() && width.get<std::int64_t>() >= 0 && width.get<std::int64_t>() <= kLargestWidth;
  };
  const bool integers = list.is_array() && std::all_of(list.begin(), list.end(), fits);
  if (!integers) unfit(path, "width " + in_quotes(key) + " is no list of whole numbers up to a million");
  return list.get<std::vector<std::int64_t>>();
}

bool is_sha256(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Distilled parse_distilled(json object, const std::filesystem::path& path) {
  Fields fields(std::move(object), path);
  Distilled distilled{fields.text("teacher_sha256"), fields.count("steps")};
  fields.expect_none_left();
  return distilled;
}

SamplingAdvice parse_sampling(json object, const std::filesystem::path& path) {
  Fields fields(std::move(object), path);
  SamplingAdvice advice{fields.text("sampler"), fields.count("steps"), fields.number("last_sigma"),
                        fields.number("autoguidance")};
  fields.expect_none_left();
  return advice;
}

BridgeAdvice parse_bridge(json object, const std::filesystem::path& path) {
  Fields fields(std::move(object), path);
  BridgeAdvice advice{fields.text("sampler"), fields.count("steps"), fields.number("epsilon")};
  fields.expect_none_left();
  return advice;
}

void check_bridge(const ModelCard& card, const std::filesystem::path& path) {
  if ((card.kind == "bridge") != card.bridge.has_value()) unfit(path, "\"bridge\" and \"kind\" contradict each other");
  if (!card.bridge) return;
  if (!is_fit_name(card.bridge->sampler)) unfit(path, "\"sampler\" is no name");
  if (card.bridge->steps < 1 || card.bridge->steps > kMostBridgeSteps)
    unfit(path, "\"steps\" of \"bridge\" are not 1 to 100");
  if (!(card.bridge->epsilon >= 0 && card.bridge->epsilon <= 1)) unfit(path, "\"epsilon\" is not in 0 to 1");
}

void check_sampling(const ModelCard& card, const std::filesystem::path& path) {
  const SamplingAdvice& advice = *card.sampling;
  if (card.kind != "diffusion" && card.kind != "detail") unfit(path, "a " + card.kind + " has no \"sampling\"");
  if (!is_fit_name(advice.sampler)) unfit(path, "\"sampler\" is no name");
  if (advice.steps < 1 || advice.steps > kMostAdvisedSteps) unfit(path, "\"steps\" of \"sampling\" are not 1 to 10000");
  if (!(advice.last_sigma >= card.sigma_min && advice.last_sigma < card.sigma_max))
    unfit(path, "\"last_sigma\" is not in sigma_min to sigma_max");
  if (!(advice.autoguidance > 0 && advice.autoguidance <= 100)) unfit(path, "\"autoguidance\" is not in 0 to 100");
}

void check(const ModelCard& card, const std::filesystem::path& path) {
  if (card.name.empty()) unfit(path, "\"name\" is empty");
  if (card.architecture.empty()) unfit(path, "\"architecture\" is empty");
  expect_one_of("kind", card.kind, {"denoiser", "detail", "diffusion", "autoencoder", "bridge", "gan"}, path);
  expect_one_of("intensity", card.intensity, {"mr-p99.5", "ct-hu/1000", "label-shares"}, path);
  if ((card.intensity == "label-shares") == card.draws.empty())
    unfit(path, "\"draws\" and \"intensity\" contradict each other");
  expect_one_of("modality", card.modality, {"mr", "ct", "any"}, path);
  if (card.kind != "autoencoder" && card.kind != "gan")
    expect_range("sigma_min to sigma_max", card.sigma_min, card.sigma_max, path);
  if (card.voxel_min_mm != 0 || card.voxel_max_mm != 0)
    expect_range("voxel_min_mm to voxel_max_mm", card.voxel_min_mm, card.voxel_max_mm, path);
  for (const auto& [key, value] : card.metrics)
    if (!std::isfinite(value)) unfit(path, "metric " + in_quotes(key) + " is not finite");
  if (!is_sha256(card.recipe_sha256)) unfit(path, "\"recipe_sha256\" is no SHA-256 in 64 lower-case digits");
  if (!card.autoencoder_sha256.empty() && !is_sha256(card.autoencoder_sha256))
    unfit(path, "\"autoencoder_sha256\" is no SHA-256 in 64 lower-case digits");
  for (const auto& [key, list] : card.widths) parse_widths(key, list, path);
  if (card.steps < 0) unfit(path, "\"steps\" is negative");
  if (card.sampling) check_sampling(card, path);
  check_bridge(card, path);
  if (!card.distilled) return;
  if (card.kind == "denoiser" || card.kind == "bridge" || card.kind == "gan")
    unfit(path, "a " + card.kind + " cannot be \"distilled\"");
  if (!is_sha256(card.distilled->teacher_sha256)) unfit(path, "\"teacher_sha256\" is no SHA-256");
  if (card.distilled->steps < 1 || card.distilled->steps > kMostDistilledSteps)
    unfit(path, "\"steps\" of \"distilled\" are not 1 to 4");
}

}  // namespace

std::string format_model_card(const ModelCard& card) {
  const std::filesystem::path path = card.name;
  check(card, path);
  json root{{"name", card.name},
            {"kind", card.kind},
            {"architecture", card.architecture},
            {"widths", card.widths},
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
            {"steps", card.steps}};
  if (!card.autoencoder_sha256.empty()) root["autoencoder_sha256"] = card.autoencoder_sha256;
  if (!card.draws.empty()) root["draws"] = json_of(card.draws);
  if (card.conditioning.any()) root["conditioning"] = json_of(card.conditioning);
  if (card.sampling)
    root["sampling"] = {{"sampler", card.sampling->sampler},
                        {"steps", card.sampling->steps},
                        {"last_sigma", card.sampling->last_sigma},
                        {"autoguidance", card.sampling->autoguidance}};
  if (card.distilled)
    root["distilled"] = {{"teacher_sha256", card.distilled->teacher_sha256}, {"steps", card.distilled->steps}};
  if (card.bridge)
    root["bridge"] = {
        {"sampler", card.bridge->sampler}, {"steps", card.bridge->steps}, {"epsilon", card.bridge->epsilon}};
  return root.dump();
}

ModelCard parse_model_card(std::string_view json_text, const std::filesystem::path& path) {
  Fields fields(parse_object(json_text, path), path);
  ModelCard card;
  card.name = fields.text("name");
  card.kind = fields.text("kind");
  card.architecture = fields.text("architecture");
  const json widths = fields.object("widths");
  for (const auto& [key, list] : widths.items()) card.widths[key] = parse_widths(key, list, path);
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
    if (!value.is_number()) unfit(path, "metric " + in_quotes(key) + " is no number");
    card.metrics[key] = value.get<double>();
  }
  card.recipe_sha256 = fields.text("recipe_sha256");
  card.program_version = fields.text("program_version");
  card.steps = fields.count("steps");
  if (fields.has("autoencoder_sha256")) card.autoencoder_sha256 = fields.text("autoencoder_sha256");
  if (fields.has("conditioning")) card.conditioning = parse_conditioning(fields.object("conditioning"), path);
  if (fields.has("draws")) card.draws = parse_labels(fields.object("draws"), path);
  if (fields.has("sampling")) card.sampling = parse_sampling(fields.object("sampling"), path);
  if (fields.has("distilled")) card.distilled = parse_distilled(fields.object("distilled"), path);
  if (fields.has("bridge")) card.bridge = parse_bridge(fields.object("bridge"), path);
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

std::vector<std::int64_t> widths_of(const ModelCard& card, const std::string& key, const std::filesystem::path& path) {
  const auto found = card.widths.find(key);
  if (found == card.widths.end()) unfit(path, "width " + in_quotes(key) + " is missing");
  return found->second;
}

std::vector<std::int64_t> bounded_widths(const ModelCard& card, const std::string& key, std::int64_t most,
                                         const std::filesystem::path& path) {
  const std::vector<std::int64_t> values = widths_of(card, key, path);
  for (const std::int64_t value : values)
    if (value < 1 || value > most)
      fail(ExitCode::model, path.string(), ": architecture setting '", key, "' is ", value, ", allowed is 1 to ", most);
  return values;
}

}  // namespace voxprior
