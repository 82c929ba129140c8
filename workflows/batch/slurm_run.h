#pragma once

#include <string>
#include <vector>

#include "workflows/batch/batch_words.h"

namespace voxprior {

/// Writes the scripts of a batch into its work folder and submits them, or prints them (--dry-run). `typed` are the
/// words of the command line behind "batch". Nothing is computed here. Throws Error.
void run_on_slurm(const BatchWords& words, const std::vector<std::string>& typed);

}  // namespace voxprior
