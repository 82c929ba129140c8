#include "workflows/compare/seed_recipe.h"

#include <toml++/toml.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/error.h"

namespace voxprior {
namespace {

constexpr double kCheckpointMinutes = 1;

toml::table& section(toml::table& recipe, const char* name) {
  if (!recipe[name].as_table()) recipe.insert_or_assign(name, toml::table{});
  return *recipe[name].as_table();
}

}  // namespace

std::string seed_recipe(const Contender& contender, const std::filesystem::path& train, std::int64_t steps,
                        std::int64_t seed) {
  toml::table recipe;
  try {
    recipe = toml::parse_file(contender.recipe.string());
  } catch (const toml::parse_error& e) {
    fail(ExitCode::usage, contender.recipe.string(), ":", e.source().begin.line, ": not valid TOML: ", e.description());
  }
  toml::table& data = section(recipe, "data");
  for (const char* key : {"dataset", "train_halved", "validate"}) data.erase(key);
  data.insert_or_assign("train", toml::array{train.string()});
  toml::table& training = section(recipe, "training");
  training.insert_or_assign("steps", steps);
  training.insert_or_assign("seed", seed);
  training.insert_or_assign("checkpoint_minutes", kCheckpointMinutes);
  std::ostringstream text;
  text << recipe << '\n';
  return text.str();
}

double seconds_per_step(const std::filesystem::path& metrics) {
  std::ifstream file(metrics);
  double seconds = 0;
  for (std::string line; std::getline(file, line);) {
    const auto entry = nlohmann::json::parse(line, nullptr, false);
    if (entry.is_object() && entry.contains("seconds_per_step")) seconds = entry["seconds_per_step"].get<double>();
  }
  if (!(seconds > 0)) fail(ExitCode::bug, metrics, ": does not say how long a step takes");
  return seconds;
}

}  // namespace voxprior
