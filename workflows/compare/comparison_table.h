#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pipeline/metrics/sets/draws.h"
#include "workflows/compare/comparison_run.h"
#include "workflows/compare/metric_courses.h"
#include "workflows/compare/training_log.h"

namespace voxprior {

/// What one contender shows in one row.
struct ComparisonCell {
  std::vector<double> seeds;      ///< the value with each seed that has one
  std::optional<Estimate> value;  ///< over them; nothing without any
  std::string missing;            ///< why a seed has no value; empty where all have
  bool worse = false;             ///< its interval lies wholly on the bad side of the floor's
};

/// One number of a comparison.
struct ComparisonRow {
  std::string section;   ///< "fidelity", "diversity", "coverage", "memorisation", "stability", "cost", "downstream"
  std::string features;  ///< what of a volume is looked at; empty where that is no question
  std::string metric;
  std::string good;                   ///< "low", "high", "like real", or empty: a fact, neither good nor bad
  std::optional<Estimate> floor;      ///< what real volumes show against real ones
  std::vector<ComparisonCell> cells;  ///< one a contender
};

/// How a training with one seed went.
struct TrainingTrace {
  std::int64_t seed = 0;
  TrainingLog log;
};

/// Everything that a report says in numbers.
struct ComparisonTable {
  std::vector<std::string> contenders;
  std::vector<ComparisonRow> rows;
  std::vector<std::vector<TrainingTrace>> traces;  ///< of each contender
  std::vector<std::string> extractors;             ///< SHA-256 of the random networks that features come from
  std::vector<MetricCourse> courses;               ///< while the contenders trained; empty without snapshots
};

/// Reads what the steps of a comparison wrote.
ComparisonTable tabulate(const ComparisonRun& run);

}  // namespace voxprior
