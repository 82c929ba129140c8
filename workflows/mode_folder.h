#pragma once

#include <cstdint>
#include <filesystem>

#include "base/atomic_file.h"
#include "pipeline/metrics/modes/mode_set.h"
#include "workflows/cli/progress.h"

namespace voxprior {

/// Writes `count` volumes of a design as FOLDER/mode-000000.nii.gz and so on (int16, 1 mm, the frame at 1000), what was
/// drawn as modes.csv, and last, so that a folder with it is complete, modes.json, which says of which design they are.
void write_mode_folder(const std::filesystem::path& folder, const ModeDesign& design, std::size_t count,
                       std::uint64_t seed, Overwrite overwrite, ProgressDisplay& progress);

/// The design that the volumes of a folder are of, from its modes.json. Throws Error(ExitCode::input) without one.
ModeDesign design_of_folder(const std::filesystem::path& folder);

}  // namespace voxprior
