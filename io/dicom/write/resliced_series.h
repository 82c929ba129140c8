#pragma once

#include <filesystem>
#include <string>

#include "io/dicom/series.h"
#include "io/dicom/write/derived_series.h"
#include "io/volume.h"

namespace voxprior {

/// Why no series with other slices can be made of a volume, and what to do; empty: one can. Gantry-tilted slices and
/// such that are not equally spaced would lie in false places.
std::string reason_against_reslicing(const DicomSeries& source, std::size_t stack);

/// Writes `result`, which has other slices than stack number `stack` of `source` that it was made of, as a new series
/// in the study of the source, as write_derived_series() does. Each instance takes what is said of patient, study,
/// frame of reference, equipment, acquisition, rescale and stored bits from the source slice nearest to it, and names
/// the one or two source slices that it lies between as its sources; position, location, thickness and number are its
/// own. A multi-frame file comes out as one multi-frame file. Private attributes, which may hold anything of one slice,
/// and overlays are left out whatever `options` say. Padding of the nearest slice stays padding.
///
/// `result` has rows and columns of the source; its slices lie anywhere along the third axis. Throws
/// Error(ExitCode::input) for other grids and where reason_against_reslicing() speaks against it,
/// Error(ExitCode::output) when a voxel is not finite or writing fails.
DerivedSeriesReport write_resliced_series(const std::filesystem::path& out_folder, const DicomSeries& source,
                                          std::size_t stack, const Volume& result, const DerivedSeriesOptions& options);

}  // namespace voxprior
