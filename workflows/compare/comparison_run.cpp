#include "workflows/compare/comparison_run.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/sha256.h"
#include "workflows/cli/interrupt.h"
#include "workflows/compare/comparison_step.h"
#include "workflows/compare/seed_recipe.h"
#include "workflows/volume_set.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t kPaceSteps = 40;  // two reports of training: the second is free of what happens once
constexpr double kLeastStep = 1e-4;      // s; a shorter one was measured wrongly

/// Hash of the volumes of a folder by their contents -> one of their files.
using Contents = std::map<std::string, fs::path>;

Contents contents_of(const fs::path& folder) {
  Contents contents;
  for (const fs::path& file : volumes_in(folder)) {
    check_interrupt();
    contents.emplace(sha256_of_file(file), file);
  }
  return contents;
}

std::string hash_of(const Contents& contents) {
  Sha256 hash;
  for (const auto& [sha256, file] : contents) hash.update(sha256.data(), sha256.size());
  return hash.hex();
}

void check_apart(const Contents& training, const Contents& held_out, const std::string& whose) {
  for (const auto& [sha256, file] : training) {
    const auto same = held_out.find(sha256);
    if (same == held_out.end()) continue;
    fail(ExitCode::input, same->second, ": is held out to test on, but ", whose, " trained on the same volume, ", file);
  }
}

/// Whether the volumes are of a set of known modes.
bool has_modes(const ComparisonConfig& config) { return fs::exists(config.holdout / "modes.json"); }

class Comparison {
 public:
  Comparison(const ComparisonConfig& config, const fs::path& folder, int threads, ProgressDisplay& progress)
      : threads_(std::to_string(threads)), progress_(progress) {
    run_.config = config;
    run_.folder = folder;
  }

  void look_at_data() {
    progress_.stage("hashing volumes");
    const ComparisonConfig& config = run_.config;
    const Contents training = contents_of(config.train), held_out = contents_of(config.holdout);
    check_apart(training, held_out, "the contenders are");
    for (const Contender& contender : config.contenders)
      if (!contender.trained_on.empty())
        check_apart(contents_of(contender.trained_on), held_out, contender.name + " was");
    data_ = hash_of(training) + hash_of(held_out);
    run_.training_volumes = volumes_in(config.train).size();
    run_.held_out_volumes = volumes_in(config.holdout).size();
  }

  ComparisonRun run() {
    progress_.stage("comparing");
    const ComparisonConfig& config = run_.config;
    const std::size_t contenders = config.contenders.size(), seeds = config.seeds.size();
    const bool segments = config.downstream != "none";
    planned_ = contenders * seeds * (4 + has_modes(config) + segments) + segments;
    for (std::size_t c = 0; c < contenders; ++c)
      for (const std::int64_t seed : config.seeds) run_.runs.push_back(run_seed(c, seed));
    if (segments) run_.downstream = run_one(downstream_step(config.train, run_.folder / "real"), "real volumes");
    return std::move(run_);
  }

 private:
  SeedRun run_seed(std::size_t index, std::int64_t seed) {
    const Contender& contender = run_.config.contenders[index];
    SeedRun run;
    run.contender = index;
    run.seed = seed;
    run.folder = run_.folder / contender.name / ("seed-" + std::to_string(seed));
    const std::string label = contender.name + ", seed " + std::to_string(seed);
    fs::create_directories(run.folder);
    if (contender.model.empty() && !train(contender, run, label)) return run;
    run.synth = run_one(synth_step(contender, run), label);
    if (run.synth->exit_code != 0) return run;
    link_judged(run);
    run.synthesis = run_one(synthesis_step(run), label);
    run.memorisation = run_one(memorisation_step(contender, run), label);
    if (has_modes(run_.config)) run.modes = run_one(modes_step(run), label);
    if (run_.config.downstream != "none")
      run.downstream = run_one(downstream_step(run.folder / "samples", run.folder), label);
    return run;
  }

  /// The first samples under the same names in a folder of their own.
  void link_judged(const SeedRun& run) const {
    const fs::path folder = run.folder / "judged";
    fs::remove_all(folder);
    fs::create_directories(folder);
    std::vector<fs::path> samples = volumes_in(run.folder / "samples");
    samples.resize(std::min(samples.size(), static_cast<std::size_t>(run_.config.judged)));
    for (const fs::path& sample : samples) fs::create_hard_link(sample, folder / sample.filename());
  }

  /// Whether there is a model afterwards.
  bool train(const Contender& contender, SeedRun& run, const std::string& label) {
    run.steps = run_.config.steps > 0 ? run_.config.steps : affordable_steps(contender);
    if (run.steps == 0) return false;
    write_file(run.folder / "recipe.toml", seed_recipe(contender, run_.config.train, run.steps, run.seed),
               Overwrite::yes);
    run.train = run_one(train_step(contender, run.folder, "train"), label);
    if (run.train->exit_code != 0) return false;
    fs::create_directories(run.folder / "model");
    fs::copy_file(run.model_file(), run.folder / "model" / "coarse.safetensors", fs::copy_options::overwrite_existing);
    return true;
  }

  /// Steps that fit into the budget, by short runs; 0 when one fails.
  std::int64_t affordable_steps(const Contender& contender) {
    const auto longer = pace(contender, kPaceSteps);
    if (longer.exit_code != 0) return 0;
    const fs::path metrics = pace_folder(contender, kPaceSteps) / "train" / "metrics.jsonl";
    double step = seconds_per_step(metrics), budget = static_cast<double>(run_.config.seconds);
    if (run_.config.cpu_seconds > 0) {
      // What loading costs is in both runs, and not in their difference.
      const auto shorter = pace(contender, kPaceSteps / 2);
      if (shorter.exit_code != 0) return 0;
      step = (longer.cpu_seconds - shorter.cpu_seconds) / (kPaceSteps - kPaceSteps / 2);
      budget = static_cast<double>(run_.config.cpu_seconds);
    }
    return std::max<std::int64_t>(1, std::llround(budget / std::max(step, kLeastStep)));
  }

  fs::path pace_folder(const Contender& contender, std::int64_t steps) const {
    return run_.folder / contender.name / ("pace-" + std::to_string(steps));
  }

  ChildOutcome pace(const Contender& contender, std::int64_t steps) {
    const fs::path folder = pace_folder(contender, steps);
    fs::create_directories(folder);
    write_file(folder / "recipe.toml", seed_recipe(contender, run_.config.train, steps, 0), Overwrite::yes);
    return run_one(train_step(contender, folder, "pace"), contender.name + ", how fast it is");
  }

  ComparisonStep train_step(const Contender& contender, const fs::path& folder, const std::string& name) const {
    ComparisonStep step{name, folder, {"train", contender.kind, (folder / "recipe.toml").string()}, {}, data_};
    step.inputs += sha256_of_file(folder / "recipe.toml");
    for (const std::string& word : {std::string("--out"), (folder / "train").string(), std::string("--threads"),
                                    threads_, std::string("--progress"), std::string("none")})
      step.words.push_back(word);
    if (fs::exists(folder / "train" / "checkpoint.safetensors")) step.resume_words = {"--resume"};
    return step;
  }

  ComparisonStep synth_step(const Contender& contender, const SeedRun& run) const {
    const fs::path model = contender.model.empty() ? run.folder / "model" : contender.model;
    ComparisonStep step{"synth",
                        run.folder,
                        {"synth", (run.folder / "samples").string(), "--model", model.string(), "--count",
                         std::to_string(run_.config.samples), "--seed", std::to_string(run.seed), "--resume",
                         "--threads", threads_, "--progress", "none"},
                        {},
                        sha256_of_file(model / "coarse.safetensors")};
    if (!contender.class_name.empty()) {
      step.words.push_back("--class");
      step.words.push_back(contender.class_name);
    }
    step.words.insert(step.words.end(), contender.sampling.begin(), contender.sampling.end());
    return step;
  }

  ComparisonStep evaluation(const SeedRun& run, const std::string& name, const fs::path& reference,
                            const std::string& volumes, const std::vector<std::string>& more) const {
    ComparisonStep step{
        name,
        run.folder,
        {"evaluate", reference.string(), (run.folder / volumes).string(), "--json",
         (run.folder / (name + ".json")).string(), "--overwrite", "--threads", threads_, "--progress", "none"},
        {},
        data_ + (run.steps > 0 ? sha256_of_file(run.model_file()) : "")};
    step.words.insert(step.words.end(), more.begin(), more.end());
    return step;
  }

  ComparisonStep synthesis_step(const SeedRun& run) const {
    return evaluation(run, "synthesis", run_.config.holdout, "judged",
                      {"--synthesis", "--preview", (run.folder / "synthesis.png").string()});
  }

  ComparisonStep memorisation_step(const Contender& contender, const SeedRun& run) const {
    return evaluation(run, "copies", contender.model.empty() ? run_.config.train : contender.trained_on, "judged",
                      {"--memorisation", "--holdout", run_.config.holdout.string(), "--preview",
                       (run.folder / "copies.png").string()});
  }

  ComparisonStep modes_step(const SeedRun& run) const {
    return evaluation(run, "modes", run_.config.holdout, "samples", {"--modes"});
  }

  ComparisonStep downstream_step(const fs::path& train, const fs::path& folder) const {
    fs::create_directories(folder);
    return {"downstream",
            folder,
            {"evaluate", train.string(), run_.config.holdout.string(), "--downstream", run_.config.downstream,
             "--downstream-steps", std::to_string(run_.config.downstream_steps), "--json",
             (folder / "downstream.json").string(), "--overwrite", "--threads", threads_, "--progress", "none"},
            {},
            data_};
  }

  /// Seconds that a step is expected to take: as the last one of its name did.
  double expected(const std::string& name) const {
    const auto known = seconds_.find(name);
    if (known != seconds_.end()) return known->second;
    const auto budget = static_cast<double>(std::max(run_.config.seconds, run_.config.cpu_seconds));
    return name == "train" && budget > 0 ? budget : 30;
  }

  double left() const {
    const double each = static_cast<double>(run_.config.contenders.size() * run_.config.seeds.size());
    double all = each * (expected("train") + expected("synth") + expected("synthesis") + expected("copies"));
    if (has_modes(run_.config)) all += each * expected("modes");
    if (run_.config.downstream != "none") all += (each + 1) * expected("downstream");
    return std::max(0., all - spent_);
  }

  ChildOutcome run_one(const ComparisonStep& step, const std::string& label) {
    const bool before = finished(step).has_value();
    const double left_s = left();
    if (!before) {
      const auto minutes = static_cast<long>(std::ceil(left_s / 60));
      progress_.note(label + ": " + step.words[0] + " (" + step.name + "), step " + std::to_string(done_ + 1) + " of " +
                     std::to_string(planned_) + ", about " + std::to_string(minutes) + " min left");
    }
    const ChildOutcome outcome = run_step(step, [&] { progress_.update(spent_ / std::max(1., spent_ + left_s)); });
    seconds_[step.name] = outcome.seconds;
    spent_ += outcome.seconds;
    ++done_;
    if (outcome.exit_code != 0)
      progress_.note(label + ": " + step.name + " ended with exit code " + std::to_string(outcome.exit_code) +
                     (outcome.last_error.empty() ? "" : ": " + outcome.last_error));
    return outcome;
  }

  ComparisonRun run_;
  std::string threads_, data_;
  ProgressDisplay& progress_;
  std::map<std::string, double> seconds_;
  double spent_ = 0;
  std::size_t done_ = 0, planned_ = 0;
};

/// Begins a comparison in its folder, or goes on with it.
void open_folder(const fs::path& folder, const std::string& config_text, bool resume) {
  const fs::path marker = folder / "comparison.toml";
  if (fs::exists(marker)) {
    if (!resume)
      fail(ExitCode::output, folder, ": holds a comparison already; add --resume to go on, or name another folder");
    if (sha256_of_file(marker) != sha256_hex(config_text.data(), config_text.size()))
      fail(ExitCode::output, folder, ": holds a comparison by another configuration; name another folder");
    return;
  }
  fs::create_directories(folder);
  write_file(marker, config_text, Overwrite::no);
}

}  // namespace

ComparisonRun run_comparison(const ComparisonConfig& config, const std::string& config_text, const fs::path& folder,
                             bool resume, int threads, ProgressDisplay& progress) {
  Comparison comparison(config, folder, threads, progress);
  comparison.look_at_data();
  open_folder(folder, config_text, resume);
  return comparison.run();
}

}  // namespace voxprior
