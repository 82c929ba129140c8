#pragma once

#include <string>

#include "workflows/compare/comparison_table.h"

namespace voxprior {

/// The numbers of a comparison as JSON: every row with the value of each seed, its interval and floor; every run with
/// exit codes, times and memory; hashes of the feature extractors.
std::string report_json(const ComparisonRun& run, const ComparisonTable& table);

/// One line a row and contender.
std::string report_csv(const ComparisonTable& table);

/// What the snapshots show: one line a metric, contender, seed and step.
std::string snapshots_csv(const ComparisonTable& table);

/// "0.123 [0.1, 0.15]"; "-" for nothing.
std::string with_interval(const std::optional<Estimate>& estimate);

}  // namespace voxprior
