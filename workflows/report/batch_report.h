#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "io/volume_file.h"
#include "workflows/report/content.h"

namespace voxprior {

/// One case of a batch, as its summary.json has it. Paths are below the folders of the batch.
struct BatchRow {
  std::string name;                   ///< also the path of the scan below IN
  std::string label, status, reason;  ///< status: "done", "failed", "missing", "skipped"
  std::filesystem::path output;       ///< below OUT; empty unless done
  std::vector<std::string> outlier, notices;
  nlohmann::ordered_json facts;  ///< the whole entry, for its figures
};

/// The cases of OUT/summary.json in its order: failed and missing first, then outliers. Throws Error(ExitCode::input)
/// when there is none, when it is damaged, or when a path leads out of its folder.
std::vector<BatchRow> read_batch_summary(const std::filesystem::path& out);

/// What the index shows of a case beside its row.
struct BatchPage {
  std::string page;       ///< file name of its page; empty where it has none
  std::string thumbnail;  ///< data: URI; empty where there is none
  std::string trouble;    ///< why there is no page of a case that is done
};

/// "003-sub-01_T1w.html": the place of the case in the summary, and of its name what is safe in any file name.
std::string page_name(std::size_t number, const BatchRow& row);

/// One plane of before, after and residual side by side, 112 pixels high at most, as a PNG in a data: URI.
std::string thumbnail_of(const ReportContent& content);

/// The page that lists all cases, worst first. `pages` has one entry a row.
std::string batch_index(const std::string& title, const std::vector<BatchRow>& rows,
                        const std::vector<BatchPage>& pages);

}  // namespace voxprior
