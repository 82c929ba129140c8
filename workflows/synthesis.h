#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/atomic_file.h"
#include "workflows/cli/progress.h"
#include "workflows/compute/synth_session.h"
#include "workflows/provenance.h"

namespace voxprior {

/// A run of `synth`: which volumes of which sequence, and where they go.
struct SynthRun {
  SynthOptions options;
  std::filesystem::path out_folder;
  std::filesystem::path mask;    ///< a label volume that all are to fit; empty: none
  std::string format = "nifti";  ///< nifti | dicom
  std::int64_t count = 1;
  std::uint64_t seed = 0;
  bool resume = false;
  Overwrite overwrite = Overwrite::no;
};

/// What a run left.
struct SynthResult {
  std::int64_t made = 0, found = 0;  ///< volumes made now; found complete from before (resume)
  std::int64_t suspicious = 0;       ///< of those made, how many may be copies of training volumes
  std::filesystem::path sheet;       ///< the contact sheet
};

/// Makes volumes 0 .. count-1, each with a sidecar, and a contact sheet of all of them. A volume under its final name
/// is complete. With `resume`, volumes that are there are kept if their sidecar says that they are what would be made.
/// Throws Error(ExitCode::output) for a volume that is there without resume or overwrite, before anything is made.
SynthResult synthesise(const SynthRun& run, ProgressDisplay& progress);

/// What a result depends on beside its input, as sidecars hold it: model files, schedule, steps, precision.
nlohmann::ordered_json settings_of(const SynthSession& session, const SynthOptions& options);

/// "synthetic-000012": the name of a volume, without ending.
std::string synthetic_name(std::int64_t index);

}  // namespace voxprior
