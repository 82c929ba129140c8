#include "workflows/compare/metric_courses.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "workflows/compare/training_log.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

/// What a snapshot shows of one metric, and what real volumes do.
struct Reading {
  double value = 0;
  Estimate floor;
};

json read_json(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return json::parse(file, nullptr, false);
}

Estimate estimate_from(const json& e) { return {e["mean"], e["low"], e["high"]}; }

std::string reason(const SnapshotRun& snapshot, const std::optional<ChildOutcome>& step) {
  const std::optional<ChildOutcome>& failed = step ? step : snapshot.synth;
  return failed && failed->exit_code != 0 ? failed->last_error : "nothing to measure";
}

class Courses {
 public:
  explicit Courses(const ComparisonRun& run) : run_(run) {
    for (const SeedRun& one : run.runs) logs_.push_back(read_training_log(one.folder / "train" / "metrics.jsonl"));
  }

  /// Adds a metric; read(json) finds it in the file that `step` wrote.
  template <typename Read>
  void add(MetricCourse course, const char* file, const std::optional<ChildOutcome> SnapshotRun::*step,
           const Read& read) {
    for (std::size_t n = 0; n < run_.runs.size(); ++n) {
      const SeedRun& one = run_.runs[n];
      if (one.snapshots.empty()) continue;
      CourseLine line{one.contender, one.seed, {}, {}, {}, {}};
      for (const SnapshotRun& snapshot : one.snapshots) {
        const std::optional<ChildOutcome>& outcome = snapshot.*step;
        std::optional<Reading> reading;
        if (outcome && outcome->exit_code == 0) reading = read(read_json(snapshot.folder / file));
        if (reading) course.floor = reading->floor;
        if (!reading) line.missing = reason(snapshot, outcome);
        line.steps.push_back(snapshot.step);
        line.cpu_seconds.push_back(logs_[n].cpu_seconds_at(snapshot.step));
        line.values.push_back(reading ? reading->value : std::numeric_limits<double>::quiet_NaN());
      }
      course.lines.push_back(std::move(line));
    }
    courses_.push_back(std::move(course));
  }

  void add_set_metric(const std::string& metric, const std::string& good) {
    const std::string features = "random networks";
    add({features, metric, good, {}, {}}, "snapshot-synthesis.json", &SnapshotRun::synthesis,
        [&](const json& synthesis) -> std::optional<Reading> {
          for (const json& m : synthesis["metrics"])
            if (m["features"] == features && m["metric"] == metric)
              return Reading{m["synthetic"]["mean"], estimate_from(m["real_vs_real"])};
          return std::nullopt;
        });
  }

  void add_modes() {
    const char* const file = "snapshot-modes.json";
    add({"modes", "modes found", "high", {}, {}}, file, &SnapshotRun::modes, [](const json& modes) {
      const json& found = modes["test"]["found"];
      return std::optional(Reading{found["value"], estimate_from(found["perfect"])});
    });
    add({"modes", "share of samples that are no mode", "low", {}, {}}, file, &SnapshotRun::modes,
        [](const json& modes) {
          const auto share = [](const json& c) { return c["rejected"].get<double>() / c["volumes"].get<double>(); };
          const double real = share(modes["real"]);
          return std::optional(Reading{share(modes["test"]), {real, real, real}});
        });
  }

  std::vector<MetricCourse> take() { return std::move(courses_); }

 private:
  const ComparisonRun& run_;
  std::vector<TrainingLog> logs_;
  std::vector<MetricCourse> courses_;
};

}  // namespace

std::vector<MetricCourse> metric_courses(const ComparisonRun& run) {
  const auto snapshots = [](const SeedRun& one) { return !one.snapshots.empty(); };
  if (std::none_of(run.runs.begin(), run.runs.end(), snapshots)) return {};
  const auto counted = [](const SeedRun& one) {
    return std::any_of(one.snapshots.begin(), one.snapshots.end(), [](const SnapshotRun& s) { return !!s.modes; });
  };
  Courses courses(run);
  courses.add_set_metric("KID", "low");
  courses.add_set_metric("coverage", "high");
  if (std::any_of(run.runs.begin(), run.runs.end(), counted)) courses.add_modes();
  return courses.take();
}

}  // namespace voxprior
