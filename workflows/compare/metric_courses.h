#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/metrics/sets/draws.h"
#include "workflows/compare/comparison_run.h"

namespace voxprior {

/// How a metric went while one contender trained with one seed. A point without a value is NaN.
struct CourseLine {
  std::size_t contender = 0;
  std::int64_t seed = 0;
  std::vector<std::int64_t> steps;
  std::vector<double> cpu_seconds;  ///< of training up to there
  std::vector<double> values;
  std::string missing;  ///< why a point has no value; empty where all have
};

/// One of the chief metrics against the training time of all contenders.
struct MetricCourse {
  std::string features, metric, good;
  std::optional<Estimate> floor;  ///< what real volumes show, as many of them
  std::vector<CourseLine> lines;
};

/// KID and coverage by the random networks and, of a set of modes, how many are found and the share of samples that are
/// none. Nothing without snapshots.
std::vector<MetricCourse> metric_courses(const ComparisonRun& run);

}  // namespace voxprior
