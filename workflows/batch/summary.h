#pragma once

#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "workflows/batch/batch_case.h"
#include "workflows/batch/case_store.h"

namespace voxprior {

/// One scan in the summary of a batch.
struct SummaryRow {
  std::string name, label, output;
  std::string status;            ///< "done", "failed", "missing" (not done yet) or "skipped"
  std::string reason;            ///< of a failure or a skip
  int exit_code = 0;             ///< that the failure alone would have had
  nlohmann::ordered_json facts;  ///< of a case that is done (DoneCase::facts)
  double oddness = 0;            ///< the greatest robust score among its figures
  std::vector<std::string> odd;  ///< in words, which figures make it an outlier

  std::optional<double> figure(const char* key) const;
};

struct BatchSummary {
  std::vector<SummaryRow> rows;  ///< failed and missing first, then outliers, then those with notices, then the rest
  std::size_t count(const std::string& status) const;
};

/// What the markers say of the cases, and how each compares with the others.
BatchSummary summarise(const BatchInput& input, const CaseStore& store);

/// Writes summary.tsv, summary.json and, if something failed, failures.tsv; an old failures.tsv goes. Throws
/// Error(ExitCode::output).
void write_summary(const BatchSummary& summary, const std::filesystem::path& out);

/// Prints the outliers and how many scans have notices.
void tell_outliers(const BatchSummary& summary);

}  // namespace voxprior
