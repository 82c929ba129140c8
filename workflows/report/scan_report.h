#pragma once

#include <filesystem>
#include <string>

#include "io/volume_file.h"
#include "workflows/cli/progress.h"
#include "workflows/report/content.h"
#include "workflows/report/scan_source.h"

namespace voxprior {

/// A scan to report on.
struct ScanToReport {
  ScanSource before, after;
  std::filesystem::path noise_map, residual;  ///< may be empty: no map is shown, the residual is before - after
  ReadOptions reading;
};

/// Reads the volumes and the record beside AFTER, and finds out what there is to say. Throws Error(ExitCode::input)
/// for files that cannot be read, for volumes that do not share the grid of BEFORE (of thin slices: that lie outside of
/// it), and for a damaged record. A record that is missing or of another input is a warning on the page.
ReportContent scan_content(const ScanToReport& scan, ProgressDisplay& progress);

}  // namespace voxprior
