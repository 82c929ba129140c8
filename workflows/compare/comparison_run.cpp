#include "workflows/compare/comparison_run.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/sha256.h"
#include "workflows/cli/interrupt.h"
#include "workflows/compare/seed_recipe.h"
#include "workflows/compare/step_plans.h"
#include "workflows/compare/time_left.h"
#include "workflows/compare/training_log.h"
#include "workflows/volume_set.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t kPaceSteps = 60;  // three reports of training
constexpr double kGuessedSeconds = 30;   // of a step that nothing is known of yet

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

/// The models that a training wrote on its way, by their steps.
std::map<std::int64_t, fs::path> snapshot_files(const fs::path& folder) {
  const std::string begin = "snapshot-", end = ".safetensors";
  std::map<std::int64_t, fs::path> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.rfind(begin, 0) == 0 && entry.path().extension() == end)
      files[std::stoll(name.substr(begin.size()))] = entry.path();
  }
  return files;
}

/// The first files of a folder under the same names in another one.
void link_first(std::int64_t count, const fs::path& from, const fs::path& to) {
  fs::remove_all(to);
  fs::create_directories(to);
  std::vector<fs::path> files = volumes_in(from);
  files.resize(std::min(files.size(), static_cast<std::size_t>(count)));
  for (const fs::path& file : files) fs::create_hard_link(file, to / file.filename());
}

/// What a step takes by the second report of a short run, in seconds of the clock or of the processor: the first holds
/// what happens once, and the last the writing of the model.
double step_of_second_report(const fs::path& metrics, bool of_processor) {
  const TrainingLog log = read_training_log(metrics);
  const std::vector<double>& sums = of_processor ? log.cpu_seconds : log.seconds;
  if (log.steps.size() < 3 || !(sums[1] > sums[0]))
    fail(ExitCode::bug, metrics, ": does not say how long a step takes");
  return (sums[1] - sums[0]) / static_cast<double>(log.steps[1] - log.steps[0]);
}

/// Whether the volumes are of a set of known modes.
bool has_modes(const ComparisonConfig& config) { return fs::exists(config.holdout / "modes.json"); }

class Comparison {
 public:
  Comparison(const ComparisonConfig& config, const fs::path& folder, int threads, ProgressDisplay& progress)
      : plans_(config, threads), progress_(progress) {
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
    plans_.set_data(hash_of(training) + hash_of(held_out));
    run_.training_volumes = volumes_in(config.train).size();
    run_.held_out_volumes = volumes_in(config.holdout).size();
  }

  ComparisonRun run() {
    progress_.stage("comparing");
    const ComparisonConfig& config = run_.config;
    plan_time();
    for (std::size_t c = 0; c < config.contenders.size(); ++c)
      for (const std::int64_t seed : config.seeds) run_.runs.push_back(run_seed(c, seed));
    if (config.downstream != "none")
      run_.downstream = run_one(plans_.downstream(config.train, run_.folder / "real"), "real volumes");
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
    const bool trains = contender.model.empty();
    if (!trains || train(contender, run, label)) measure(contender, run, label);
    if (trains && run_.config.snapshots > 0)
      for (const auto& [step, file] : snapshot_files(run.folder / "train"))
        run.snapshots.push_back(measure_snapshot(contender, run, step, file, label + ", step " + std::to_string(step)));
    return run;
  }

  /// Draws samples of a model that there is, and measures them.
  void measure(const Contender& contender, SeedRun& run, const std::string& label) {
    const ComparisonConfig& config = run_.config;
    const fs::path model = contender.model.empty() ? run.folder / "model" : contender.model;
    const fs::path samples = run.folder / "samples", judged = run.folder / "judged";
    run.synth = run_one(plans_.synth("synth", contender, model, run.folder, config.samples, run.seed), label);
    if (run.synth->exit_code != 0) return;
    link_first(config.judged, samples, judged);
    const std::string hash = run.steps > 0 ? sha256_of_file(run.model_file()) : "";
    run.synthesis = run_one(plans_.synthesis("synthesis", run.folder, judged, hash), label);
    run.memorisation = run_one(plans_.memorisation(contender, run.folder, judged, hash), label);
    if (has_modes(config)) run.modes = run_one(plans_.modes("modes", run.folder, samples, hash), label);
    if (config.downstream != "none") run.downstream = run_one(plans_.downstream(samples, run.folder), label);
  }

  /// The same of a model on the way. Of the finished one there are samples.
  SnapshotRun measure_snapshot(const Contender& contender, const SeedRun& run, std::int64_t step, const fs::path& file,
                               const std::string& label) {
    SnapshotRun snapshot{step, run.folder / "snapshots" / std::to_string(step), run.synth, {}, {}};
    const fs::path model = snapshot.folder / "model", samples = snapshot.folder / "samples";
    fs::create_directories(model);
    if (step == run.steps && run.synth && run.synth->exit_code == 0) {
      link_first(run_.config.judged, run.folder / "samples", samples);
    } else {
      fs::copy_file(file, model / "coarse.safetensors", fs::copy_options::overwrite_existing);
      snapshot.synth = run_one(
          plans_.synth("snapshot-synth", contender, model, snapshot.folder, run_.config.judged, run.seed), label);
    }
    if (snapshot.synth->exit_code != 0) return snapshot;
    const std::string hash = sha256_of_file(file);
    snapshot.synthesis = run_one(plans_.synthesis("snapshot-synthesis", snapshot.folder, samples, hash), label);
    if (has_modes(run_.config))
      snapshot.modes = run_one(plans_.modes("snapshot-modes", snapshot.folder, samples, hash), label);
    return snapshot;
  }

  void plan_time() {
    const ComparisonConfig& config = run_.config;
    const auto trained = static_cast<std::size_t>(std::count_if(config.contenders.begin(), config.contenders.end(),
                                                                [](const Contender& c) { return c.model.empty(); }));
    const std::size_t seeds = config.seeds.size(), models = config.contenders.size() * seeds,
                      trainings = trained * seeds;
    const auto budget_s = static_cast<double>(std::max(config.seconds, config.cpu_seconds));
    const auto snapshots = trainings * static_cast<std::size_t>(config.snapshots);
    if (config.steps == 0) time_.plan("pace", trained, kGuessedSeconds);
    time_.plan("train", trainings, budget_s > 0 ? budget_s : kGuessedSeconds);
    for (const char* name : {"synth", "synthesis", "copies"}) time_.plan(name, models, kGuessedSeconds);
    if (snapshots > 0) time_.plan("snapshot-synth", snapshots - trainings, kGuessedSeconds);
    if (snapshots > 0) time_.plan("snapshot-synthesis", snapshots, kGuessedSeconds);
    if (has_modes(config)) time_.plan("modes", models, kGuessedSeconds);
    if (has_modes(config) && snapshots > 0) time_.plan("snapshot-modes", snapshots, kGuessedSeconds);
    if (config.downstream != "none") time_.plan("downstream", models + 1, kGuessedSeconds);
  }

  /// Whether there is a model afterwards.
  bool train(const Contender& contender, SeedRun& run, const std::string& label) {
    run.steps = run_.config.steps > 0 ? run_.config.steps : affordable_steps(contender);
    if (run.steps == 0) return false;
    write_file(run.folder / "recipe.toml",
               seed_recipe(contender, run_.config.train, run.steps, run.seed, run_.config.snapshots), Overwrite::yes);
    run.train = run_one(plans_.train("train", contender, run.folder), label);
    if (run.train->exit_code != 0) return false;
    fs::create_directories(run.folder / "model");
    fs::copy_file(run.model_file(), run.folder / "model" / "coarse.safetensors", fs::copy_options::overwrite_existing);
    return true;
  }

  /// Steps that fit into the budget, by short runs; 0 when one fails.
  std::int64_t affordable_steps(const Contender& contender) {
    if (run_.config.flop > 0) return steps_of_flop(contender);
    if (pace(contender, kPaceSteps).exit_code != 0) return 0;
    const bool of_processor = run_.config.cpu_seconds > 0;
    const fs::path metrics = pace_folder(contender, kPaceSteps) / "train" / "metrics.jsonl";
    const auto budget = static_cast<double>(of_processor ? run_.config.cpu_seconds : run_.config.seconds);
    return std::max<std::int64_t>(1, std::llround(budget / step_of_second_report(metrics, of_processor)));
  }

  std::int64_t steps_of_flop(const Contender& contender) {
    if (pace(contender, 1).exit_code != 0) return 0;
    const fs::path metrics = pace_folder(contender, 1) / "train" / "metrics.jsonl";
    const double step = read_training_log(metrics).flop_per_step;
    if (!(step > 0)) fail(ExitCode::bug, metrics, ": does not say how many operations a step takes");
    return std::max<std::int64_t>(1, std::llround(run_.config.flop / step));
  }

  fs::path pace_folder(const Contender& contender, std::int64_t steps) const {
    return run_.folder / contender.name / ("pace-" + std::to_string(steps));
  }

  ChildOutcome pace(const Contender& contender, std::int64_t steps) {
    const fs::path folder = pace_folder(contender, steps);
    fs::create_directories(folder);
    write_file(folder / "recipe.toml", seed_recipe(contender, run_.config.train, steps, 0, 0), Overwrite::yes);
    // One that was cut short is begun anew: what is left of it would seem fast.
    if (!finished(plans_.train("pace", contender, folder))) fs::remove_all(folder / "train");
    return run_one(plans_.train("pace", contender, folder), contender.name + ", how fast it is");
  }

  ChildOutcome run_one(const ComparisonStep& step, const std::string& label) {
    const bool before = finished(step).has_value();
    if (!before) {
      const auto minutes = static_cast<long>(std::ceil(time_.left() / 60));
      progress_.note(label + ": " + step.words[0] + " (" + step.name + "), step " + std::to_string(time_.done() + 1) +
                     " of " + std::to_string(time_.planned()) + ", about " + std::to_string(minutes) + " min left");
    }
    const auto began = std::chrono::steady_clock::now();
    const ChildOutcome outcome = run_step(step, [&] {
      const std::chrono::duration<double> running = std::chrono::steady_clock::now() - began;
      progress_.update(time_.share(step.name, running.count()));
    });
    time_.over(step.name, outcome.seconds, !before);
    if (outcome.exit_code != 0)
      progress_.note(label + ": " + step.name + " ended with exit code " + std::to_string(outcome.exit_code) +
                     (outcome.last_error.empty() ? "" : ": " + outcome.last_error));
    return outcome;
  }

  ComparisonRun run_;
  StepPlans plans_;
  ProgressDisplay& progress_;
  TimeLeft time_;
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
