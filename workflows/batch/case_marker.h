#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "workflows/batch/batch_case.h"
#include "workflows/batch/case_store.h"
#include "workflows/batch/file_state.h"

namespace voxprior {

/// What stays of a case that was finished: enough to know it again, and the figures of the summary.
struct DoneCase {
  std::string settings;  ///< what the result depends on besides the input, as a hash
  FileState input;
  std::vector<std::filesystem::path> files;  ///< written, below OUT
  FileState written;                         ///< of those
  nlohmann::ordered_json facts;              ///< noise, residual structure, model, notices, seconds
};

/// Why a case failed.
struct FailedCase {
  ExitCode code = ExitCode::input;
  std::string reason;  ///< one line
};

nlohmann::ordered_json marker_of(const BatchCase& one, const DoneCase& done);
nlohmann::ordered_json marker_of(const BatchCase& one, const FailedCase& failed);

/// Nothing for the marker of a case that is not done, or that is damaged.
std::optional<DoneCase> done_case_from(const nlohmann::ordered_json& marker);

/// Nothing for the marker of a case that did not fail, or that is damaged.
std::optional<FailedCase> failed_case_from(const nlohmann::ordered_json& marker);

/// Whether a case need not be done again: it was finished with these settings, and neither its input nor what was
/// written has changed since. New times of change of the same bytes are noted for the next time.
bool is_done(const BatchCase& one, const std::string& settings, const std::filesystem::path& out,
             const CaseStore& store);

}  // namespace voxprior
