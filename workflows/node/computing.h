#pragma once

#include <string>
#include <vector>

#include "workflows/node/config.h"
#include "workflows/node/queued_series.h"
#include "workflows/node/spool.h"

namespace voxprior {

/// The command that does the task of a rule: "denoise", "recon superres".
std::string command_of(const NodeRule& rule);

/// Replaces this process, a child made for it, by that command on the images that a series has now: links to them in
/// work/ID/in, results in work/ID/out, its messages in work/ID/compute.log. Dates in the results are those of the
/// first image's arrival, so that a run repeated gives the same bytes. Memory, time and priority are limited. Returns
/// an exit code only if that fails.
int compute_series(const QueuedSeries& series, const NodeRule& rule, const NodeConfig& config);

/// What came out.
struct Computed {
  std::vector<std::string> folders;  ///< of derived series, relative to the spool
  std::string model, model_sha256;
};
Computed results_of(const QueuedSeries& series, const NodeConfig& config);
/// The last line that the command said, of which no name of a file is a patient's.
std::string last_words_of(const QueuedSeries& series, const NodeConfig& config);

bool holds_images(const std::filesystem::path& folder);

}  // namespace voxprior
