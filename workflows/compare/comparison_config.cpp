#include "workflows/compare/comparison_config.h"

#include <algorithm>

#include "base/error.h"
#include "models/training/toml_section.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t kMostSeeds = 100, kMostSamples = 100'000, kMostSnapshots = 100;
constexpr double kMostFlop = 1e24;

fs::path resolved(const fs::path& file, const std::string& path) {
  return path.empty() ? fs::path() : fs::weakly_canonical(fs::absolute(file).parent_path() / path);
}

void check_folder(const std::string& file, const char* key, const fs::path& folder) {
  if (folder.empty()) fail(ExitCode::usage, file, ": ", key, " names no folder");
  if (!fs::is_directory(folder)) fail(ExitCode::input, folder, ": no such folder; ", file, " names it as ", key);
}

bool is_plain_name(const std::string& name) {
  const auto plain = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_'; };
  return !name.empty() && std::all_of(name.begin(), name.end(), plain);
}

/// Classes that the recipe of a contender knows.
void check_class(const Contender& contender, const std::string& file) {
  if (contender.class_name.empty() || contender.recipe.empty()) return;
  const toml::table recipe = toml::parse_file(contender.recipe.string());
  const toml::table* classes = recipe["data"]["classes"].as_table();
  if (!classes || !classes->contains(contender.class_name))
    fail(ExitCode::usage, file, ": contender.", contender.name, ".class: '", contender.class_name,
         "' is no class of data.classes in ", contender.recipe.string());
}

Contender read_contender(const toml::table& contenders, const std::string& name, const fs::path& path) {
  const std::string file = path.string();
  if (!is_plain_name(name))
    fail(ExitCode::usage, file, ": contender '", name, "': a name is of letters, digits, - and _");
  Contender contender;
  contender.name = name;
  std::string recipe, model, trained_on;
  TomlSection section(contenders, name, file);
  section.read("train", contender.kind, {"diffusion", "gan"});
  section.read("recipe", recipe);
  section.read("model", model);
  section.read("trained_on", trained_on);
  section.read("synth", contender.sampling);
  section.read("class", contender.class_name);
  section.refuse_unknown_keys();
  contender.recipe = resolved(path, recipe);
  contender.model = resolved(path, model);
  contender.trained_on = resolved(path, trained_on);
  const bool trains = !contender.kind.empty() && !recipe.empty() && model.empty() && trained_on.empty();
  const bool is_there = contender.kind.empty() && recipe.empty() && !model.empty() && !trained_on.empty();
  if (!trains && !is_there)
    fail(ExitCode::usage, file, ": contender.", name,
         ": give train and recipe, or model and trained_on (the volumes it was trained on)");
  if (trains && !fs::is_regular_file(contender.recipe))
    fail(ExitCode::usage, contender.recipe, ": no such recipe; contender.", name, " of ", file, " names it");
  if (is_there) check_folder(file, "model", contender.model);
  if (is_there) check_folder(file, "trained_on", contender.trained_on);
  check_class(contender, file);
  return contender;
}

}  // namespace

ComparisonConfig read_comparison_config(const fs::path& path) {
  const std::string file = path.string();
  const toml::table table = parse_toml(path, {"comparison", "data", "budget", "contender"});
  ComparisonConfig config;
  config.title = path.stem().string();
  std::string train, holdout;

  TomlSection comparison(table, "comparison", file);
  comparison.read("title", config.title);
  comparison.refuse_unknown_keys();

  TomlSection data(table, "data", file);
  data.read("train", train);
  data.read("holdout", holdout);
  data.refuse_unknown_keys();
  config.train = resolved(path, train);
  config.holdout = resolved(path, holdout);
  check_folder(file, "data.train", config.train);
  check_folder(file, "data.holdout", config.holdout);

  TomlSection budget(table, "budget", file);
  config.seeds = {0};
  config.samples = 100;
  config.downstream = "none";
  config.downstream_steps = 300;
  budget.read("seconds", config.seconds, 1, 1'000'000);
  budget.read("cpu_seconds", config.cpu_seconds, 1, 1'000'000);
  budget.read("steps", config.steps, 1, 100'000'000);
  budget.read("flop", config.flop, 1, kMostFlop);
  budget.read("seeds", config.seeds, 0, INT64_MAX);
  budget.read("samples", config.samples, 1, kMostSamples);
  config.judged = config.samples;
  budget.read("judged", config.judged, 1, config.samples);
  budget.read("snapshots", config.snapshots, 0, kMostSnapshots);
  budget.read("downstream", config.downstream, {"none", "tissue", "shape"});
  budget.read("downstream_steps", config.downstream_steps, 1, 1'000'000);
  budget.refuse_unknown_keys();

  const toml::table* contenders = table["contender"].as_table();
  if (!contenders || contenders->empty()) fail(ExitCode::usage, file, ": no [contender.NAME] to compare");
  for (const auto& [name, node] : *contenders)
    config.contenders.push_back(read_contender(*contenders, std::string(name.str()), path));
  const bool trains = std::any_of(config.contenders.begin(), config.contenders.end(),
                                  [](const Contender& c) { return !c.kind.empty(); });
  if (trains && (config.seconds > 0) + (config.cpu_seconds > 0) + (config.steps > 0) + (config.flop > 0) != 1)
    fail(ExitCode::usage, file,
         ": budget.seconds, cpu_seconds, flop or steps says how long contenders train; give one of them");
  std::vector<std::int64_t> seeds = config.seeds;
  std::sort(seeds.begin(), seeds.end());
  if (seeds.size() > kMostSeeds || std::unique(seeds.begin(), seeds.end()) != seeds.end())
    fail(ExitCode::usage, file, ": budget.seeds: up to ", kMostSeeds, " seeds, each once");
  return config;
}

}  // namespace voxprior
