#pragma once

#include <optional>
#include <string>

#include "io/volume.h"
#include "workflows/report/content.h"
#include "workflows/report/record.h"

namespace voxprior {

/// Whether a record says that its volume has thin slices made of thick ones (recon superres).
bool tells_of_thin_slices(const std::optional<Record>& record);

/// Adds to a page what there is to see of thin slices: the thick ones as they were measured, each as often as thin ones
/// lie in it; the thin ones; and what was added between. Throws Error(ExitCode::input), naming `after_name`, when a
/// voxel of `after` lies outside of `before`.
void add_thin_slices(const Volume& before, Volume after, const std::string& after_name, const Record& record,
                     ReportContent& content);

}  // namespace voxprior
