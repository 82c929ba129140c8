#pragma once

#include <string>

#include "workflows/compare/comparison_table.h"

namespace voxprior {

/// A comparison as one HTML page that needs no other file and no network: what was compared, a table for each section,
/// training curves, and pictures of samples and of the nearest training volumes for the first seed of each contender.
std::string report_page(const ComparisonRun& run, const ComparisonTable& table);

}  // namespace voxprior
