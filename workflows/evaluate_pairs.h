#pragma once

#include <string>

#include "workflows/cli/progress.h"
#include "workflows/comparison.h"

namespace voxprior {

/// `evaluate REF TEST` without more: volumes against their references.
struct PairEvaluation {
  std::string reference, test;
  ComparisonTerms terms;
  ReadOptions reading;
  std::string json_file, csv_file;  ///< empty: not written
  Overwrite overwrite = Overwrite::no;
};

/// Prints a table and writes the files asked for.
void evaluate_pairs(const PairEvaluation& evaluation, ProgressDisplay& progress);

}  // namespace voxprior
