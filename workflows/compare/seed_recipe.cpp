#include "workflows/compare/seed_recipe.h"

#include <toml++/toml.h>

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
                        std::int64_t seed, std::int64_t snapshots) {
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
  training.erase("snapshots");
  if (snapshots > 0) training.insert_or_assign("snapshots", snapshots);
  std::ostringstream text;
  text << recipe << '\n';
  return text.str();
}

}  // namespace voxprior
