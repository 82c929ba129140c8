#pragma once

#include <cstdint>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include "base/atomic_file.h"
#include "io/dicom/series.h"
#include "io/volume.h"

namespace voxprior {

/// What was done to the voxels, in the words of DerivationDescription and DerivationCodeSequence.
enum class DerivedBy { denoising, replacement, reslicing };

struct DerivedSeriesOptions {
  DerivedBy by = DerivedBy::denoising;
  std::string model_name;    ///< of the learned model; empty: none was used
  std::string model_sha256;  ///< of the model file; empty: none was used
  std::string parameters;    ///< every parameter that the result depends on, seed included: "noise rician, sigma 12.5"
  std::time_t created = 0;   ///< for the dates and times of the new series
  bool keep_private = false;
  Overwrite overwrite = Overwrite::no;
};

struct DerivedSeriesReport {
  std::string series_uid;
  std::int64_t files = 0;
  std::int64_t saturated_voxels = 0;  ///< beyond what the source's stored bits hold, set to their limits
  std::vector<std::string> notices;   ///< what a user should know
};

/// Writes `result` as a new DICOM series in the study of `source`: each file of stack number `stack` is copied with new
/// pixels, new SeriesInstanceUID and SOPInstanceUID, ImageType DERIVED, and a record of what was done; the rest
/// (patient, study, frame of reference, geometry, acquisition, rescale, bits stored) stays. A multi-frame file comes
/// out as one multi-frame file with the frames of that stack alone. Voxels equal to the source's come out bit for bit.
/// The folder appears whole or not at all. docs/dicom.md lists what is kept, changed and dropped.
///
/// `result` has the voxels of the stack as read_dicom_volume() orders them. Throws Error(ExitCode::input) when the
/// grids differ by more than 1e-4 mm, Error(ExitCode::output) when a voxel is not finite or writing fails.
DerivedSeriesReport write_derived_series(const std::filesystem::path& out_folder, const DicomSeries& source,
                                         std::size_t stack, const Volume& result, const DerivedSeriesOptions& options);

}  // namespace voxprior
