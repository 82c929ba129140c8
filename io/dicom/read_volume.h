#pragma once

#include <cstddef>

#include "io/dicom/limits.h"
#include "io/dicom/series.h"
#include "io/volume.h"

namespace voxprior {

struct DicomReadOptions {
  DicomLimits limits;
  bool allow_gaps = false;  ///< read planes that are not equally spaced as if they were, with a notice
  int threads = 0;          ///< files decoded at a time; 0: one a core
};

/// Decodes the frames of one stack into a volume: real values with the rescale of each slice (HU for CT), i along rows,
/// j along columns, k through the frames as ordered in the stack. Padding keeps its value. MONOCHROME1 (low is bright)
/// is turned over within the range of the stored bits, so that high is bright. `stored` is the type and scale of the
/// pixels where all slices share one, else float32. `notices` says what a user should know. Throws
/// Error(ExitCode::input) for gaps that are not allowed, for damage, and when a file has changed since the series was
/// found; Error(ExitCode::usage) for a stack that does not exist.
Volume read_dicom_volume(const DicomSeries& series, std::size_t stack, const DicomReadOptions& options = {});

}  // namespace voxprior
