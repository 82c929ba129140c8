#include "workflows/compare/comparison_table.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "pipeline/metrics/sets/over_seeds.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr double kCollapsed = 0.5;  // of what real volumes show

json read_json(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return json::parse(file, nullptr, false);
}

bool went_well(const std::optional<ChildOutcome>& outcome) { return outcome && outcome->exit_code == 0; }

Estimate estimate_from(const json& e) { return {e["mean"], e["low"], e["high"]}; }

Estimate exactly(double value) { return {value, value, value}; }

/// What one run measured, to go into one cell.
struct Reading {
  Estimate value;
  std::optional<Estimate> floor;
};

/// A run of a contender as its JSON files tell it.
struct RunFiles {
  const SeedRun* run;
  json synthesis, copies, modes, downstream;
};

RunFiles files_of(const SeedRun& run) {
  RunFiles files{&run, {}, {}, {}, {}};
  if (went_well(run.synthesis)) files.synthesis = read_json(run.folder / "synthesis.json");
  if (went_well(run.memorisation)) files.copies = read_json(run.folder / "copies.json");
  if (went_well(run.modes)) files.modes = read_json(run.folder / "modes.json");
  if (went_well(run.downstream)) files.downstream = read_json(run.folder / "downstream.json");
  return files;
}

/// Why a run lacks what `step` would have told.
std::string reason(const SeedRun& run, const std::optional<ChildOutcome>& step) {
  if (run.train && run.train->exit_code != 0)
    return "training ended with exit code " + std::to_string(run.train->exit_code);
  if (run.synth && run.synth->exit_code != 0)
    return "sampling ended with exit code " + std::to_string(run.synth->exit_code);
  if (step && step->exit_code != 0) return step->last_error;
  return step ? "nothing to measure" : "did not run";
}

class Tabulation {
 public:
  explicit Tabulation(const ComparisonRun& run) : run_(run) {
    for (const Contender& contender : run.config.contenders) table_.contenders.push_back(contender.name);
    for (const SeedRun& one : run.runs) files_.push_back(files_of(one));
  }

  /// Adds a row; read(files) gives what a run measured, or nothing.
  template <typename Read>
  void add(ComparisonRow row, const std::optional<ChildOutcome> SeedRun::*step, const Read& read) {
    row.cells.resize(table_.contenders.size());
    std::vector<std::vector<Estimate>> values(row.cells.size());
    std::vector<Estimate> floors;
    for (const RunFiles& files : files_) {
      ComparisonCell& cell = row.cells[files.run->contender];
      const std::optional<Reading> reading = read(files);
      if (!reading || !std::isfinite(reading->value.mean)) {
        cell.missing = reason(*files.run, files.run->*step);
        continue;
      }
      values[files.run->contender].push_back(reading->value);
      cell.seeds.push_back(reading->value.mean);
      if (reading->floor) floors.push_back(*reading->floor);
    }
    if (!floors.empty()) row.floor = mean_of(floors);
    for (std::size_t c = 0; c < row.cells.size(); ++c) {
      if (values[c].empty()) continue;
      row.cells[c].value = over_seeds(values[c], 0);
      row.cells[c].worse = row.floor && is_worse(*row.cells[c].value, *row.floor, row.good);
    }
    table_.rows.push_back(std::move(row));
  }

  void add_set_metrics();
  void add_modes();
  void add_copies();
  void add_stability();
  void add_cost();
  void add_downstream();
  void add_traces();

  ComparisonTable take() { return std::move(table_); }

 private:
  static bool is_worse(const Estimate& value, const Estimate& floor, const std::string& good) {
    const bool above = value.low > floor.high, below = value.high < floor.low;
    return (good == "low" && above) || (good == "high" && below) || (good == "like real" && (above || below));
  }

  /// Share of a contender's seeds for which `holds`, as a row without a floor.
  template <typename Holds>
  void add_share(const std::string& metric, const Holds& holds) {
    add({"stability", "", metric, "low", {}, {}}, &SeedRun::train, [&](const RunFiles& files) {
      return std::optional(Reading{exactly(holds(files) ? 1 : 0), {}});
    });
  }

  const ComparisonRun& run_;
  std::vector<RunFiles> files_;
  ComparisonTable table_;
};

std::string section_of(const std::string& metric) {
  if (metric == "recall" || metric == "MS-SSIM among pairs") return "diversity";
  if (metric == "density" || metric == "coverage") return "coverage";
  return "fidelity";
}

const json* metric_in(const json& synthesis, const std::string& features, const std::string& metric) {
  if (!synthesis.is_object()) return nullptr;
  for (const json& m : synthesis["metrics"])
    if (m["features"] == features && m["metric"] == metric) return &m;
  return nullptr;
}

void Tabulation::add_set_metrics() {
  const auto one = std::find_if(files_.begin(), files_.end(), [](auto& f) { return f.synthesis.is_object(); });
  if (one == files_.end()) {
    add({"fidelity", "", "all set metrics", "low", {}, {}}, &SeedRun::synthesis,
        [](const RunFiles&) { return std::optional<Reading>(); });
    return;
  }
  table_.extractors = one->synthesis["random_networks_sha256"].get<std::vector<std::string>>();
  for (const json& m : one->synthesis["metrics"]) {
    const std::string features = m["features"], metric = m["metric"];
    add({section_of(metric), features, metric, m["good"], {}, {}}, &SeedRun::synthesis, [&](const RunFiles& files) {
      const json* found = metric_in(files.synthesis, features, metric);
      return found
                 ? std::optional(Reading{estimate_from((*found)["synthetic"]), estimate_from((*found)["real_vs_real"])})
                 : std::nullopt;
    });
  }
}

void Tabulation::add_modes() {
  const auto one = std::find_if(files_.begin(), files_.end(), [](auto& f) { return f.modes.is_object(); });
  if (one == files_.end()) return;
  const auto number = [&](const std::string& metric, const char* good, const char* key) {
    add({"coverage", "modes", metric, good, {}, {}}, &SeedRun::modes, [key](const RunFiles& files) {
      if (!files.modes.is_object()) return std::optional<Reading>();
      const json& found = files.modes["test"][key];
      if (found["value"].is_null()) return std::optional<Reading>();
      return std::optional(Reading{exactly(found["value"]), estimate_from(found["perfect"])});
    });
  };
  number("modes found, of " + std::to_string(one->modes["modes"].size()), "high", "found");
  const auto rare = one->modes["test"]["rare_modes"].get<std::size_t>();
  if (rare > 0) number("rare modes found, of " + std::to_string(rare), "high", "rare_found");
  number("total variation of frequencies", "low", "total_variation");
  number("KL divergence of frequencies", "low", "divergence");
  add({"fidelity", "modes", "share of samples that are no mode", "low", {}, {}}, &SeedRun::modes,
      [](const RunFiles& files) {
        if (!files.modes.is_object()) return std::optional<Reading>();
        const auto share = [](const json& c) { return c["rejected"].get<double>() / c["volumes"].get<double>(); };
        return std::optional(Reading{exactly(share(files.modes["test"])), exactly(share(files.modes["real"]))});
      });
}

void Tabulation::add_copies() {
  for (const char* by : {"by_correlation", "by_features"}) {
    const std::string features = by == std::string("by_features") ? "random networks" : "correlation";
    add({"memorisation", features, "p: nearer to training than held-out volumes are", "", {}, {}},
        &SeedRun::memorisation, [by](const RunFiles& files) {
          if (!files.copies.is_object()) return std::optional<Reading>();
          return std::optional(Reading{exactly(files.copies[by]["p_value"]), {}});
        });
    add({"memorisation", features, "share of samples nearer than the limit", "low", {}, {}}, &SeedRun::memorisation,
        [by](const RunFiles& files) {
          if (!files.copies.is_object()) return std::optional<Reading>();
          const double n = static_cast<double>(files.copies["samples"].size());
          return std::optional(Reading{exactly(files.copies[by]["closer_samples"].get<double>() / n),
                                       exactly(files.copies[by]["expected_closer"].get<double>() / n)});
        });
  }
}

bool has_collapsed(const RunFiles& files) {
  if (const json* coverage = metric_in(files.synthesis, "random networks", "coverage"))
    if ((*coverage)["synthetic"]["mean"].get<double>() < kCollapsed * (*coverage)["real_vs_real"]["mean"].get<double>())
      return true;
  if (!files.modes.is_object()) return false;
  const json& found = files.modes["test"]["found"];
  return found["value"].get<double>() < kCollapsed * found["perfect"]["mean"].get<double>();
}

void Tabulation::add_stability() {
  add_share("share of seeds whose training ended early (diverged, crashed)",
            [](const RunFiles& files) { return files.run->train && files.run->train->exit_code != 0; });
  add_share("share of seeds that collapsed (coverage or modes below half of real)",
            [](const RunFiles& files) { return has_collapsed(files); });
}

/// The sidecar of a run's first sample.
json first_sidecar(const SeedRun& run) { return read_json(run.folder / "samples" / "synthetic-000000.voxprior.json"); }

TrainingLog log_of(const SeedRun& run) { return read_training_log(run.folder / "train" / "metrics.jsonl"); }

double last_or_zero(const std::vector<double>& sums) { return sums.empty() ? 0 : sums.back(); }

void Tabulation::add_cost() {
  const auto fact = [&](const std::string& metric, const std::optional<ChildOutcome> SeedRun::*step, const auto& read) {
    add({"cost", "", metric, "", {}, {}}, step, [&](const RunFiles& files) -> std::optional<Reading> {
      const std::optional<double> value = read(*files.run);
      return value ? std::optional(Reading{exactly(*value), {}}) : std::nullopt;
    });
  };
  using Value = std::optional<double>;
  fact("training steps", &SeedRun::train,
       [](const SeedRun& r) { return r.train ? Value(static_cast<double>(r.steps)) : Value(); });
  // A training that was resumed is in its log as a whole, and its process was the last of several.
  fact("training / s", &SeedRun::train, [](const SeedRun& r) {
    return r.train ? Value(std::max(r.train->seconds, last_or_zero(log_of(r).seconds))) : Value();
  });
  fact("training / CPU s", &SeedRun::train, [](const SeedRun& r) {
    return r.train ? Value(std::max(r.train->cpu_seconds, last_or_zero(log_of(r).cpu_seconds))) : Value();
  });
  fact("training / FLOP, of convolutions and matrix products", &SeedRun::train, [](const SeedRun& r) {
    const TrainingLog log = log_of(r);
    return log.flop_per_step > 0 ? Value(log.flop_per_step * static_cast<double>(log.steps.back())) : Value();
  });
  fact("training, peak memory / MB", &SeedRun::train,
       [](const SeedRun& r) { return r.train ? Value(r.train->peak_bytes / 1e6) : Value(); });
  fact("network calls a volume", &SeedRun::synth, [](const SeedRun& r) {
    const json sidecar = first_sidecar(r);
    const json::json_pointer calls("/synthesis/network_calls");
    return sidecar.is_object() && sidecar.contains(calls) ? Value(sidecar[calls].get<double>()) : Value();
  });
  fact("sampling / CPU s a volume, loading included", &SeedRun::synth, [&](const SeedRun& r) {
    return went_well(r.synth) ? Value(r.synth->cpu_seconds / static_cast<double>(run_.config.samples)) : Value();
  });
  fact("sampling, peak memory / MB", &SeedRun::synth,
       [](const SeedRun& r) { return went_well(r.synth) ? Value(r.synth->peak_bytes / 1e6) : Value(); });
}

void Tabulation::add_downstream() {
  std::optional<Estimate> real;
  if (went_well(run_.downstream)) real = estimate_from(read_json(run_.folder / "real" / "downstream.json")["dice"]);
  add({"downstream", "segmentation", "Dice on real volumes", "high", {}, {}}, &SeedRun::downstream,
      [&](const RunFiles& files) {
        if (!files.downstream.is_object()) return std::optional<Reading>();
        return std::optional(Reading{estimate_from(files.downstream["dice"]), real});
      });
}

void Tabulation::add_traces() {
  table_.traces.resize(table_.contenders.size());
  for (const RunFiles& files : files_)
    if (files.run->train) table_.traces[files.run->contender].push_back({files.run->seed, log_of(*files.run)});
}

}  // namespace

ComparisonTable tabulate(const ComparisonRun& run) {
  Tabulation tabulation(run);
  tabulation.add_set_metrics();
  tabulation.add_modes();
  tabulation.add_copies();
  tabulation.add_stability();
  tabulation.add_cost();
  if (run.config.downstream != "none") tabulation.add_downstream();
  tabulation.add_traces();
  ComparisonTable table = tabulation.take();
  table.courses = metric_courses(run);
  const std::vector<std::string> order{"fidelity",  "diversity", "coverage",  "memorisation",
                                       "stability", "cost",      "downstream"};
  const auto place = [&](const ComparisonRow& row) { return std::find(order.begin(), order.end(), row.section); };
  std::stable_sort(table.rows.begin(), table.rows.end(),
                   [&](const auto& a, const auto& b) { return place(a) < place(b); });
  return table;
}

}  // namespace voxprior
