#pragma once

#include <ctime>
#include <filesystem>
#include <string>

#include "base/atomic_file.h"
#include "io/dicom/write/derived_series.h"
#include "io/volume.h"

namespace voxprior {

struct ResearchSeriesOptions {
  Modality modality = Modality::mr;  ///< mr or ct
  bool synthetic = false;            ///< made up by a model: no patient has this anatomy
  std::string model_name;            ///< of the learned model; empty: none was used
  std::string model_sha256;          ///< of the model file; empty: none was used
  std::string parameters;            ///< every parameter that the volume depends on, seed included
  std::time_t created = 0;           ///< for the dates and times
  Overwrite overwrite = Overwrite::no;
};

/// Writes a volume that comes from no DICOM series as classic MR or CT images of a new study: patient RESEARCH^... or
/// SYNTHETIC^... with an identifier made of a hash, "RESEARCH USE ONLY" in its description, SyntheticData (0008,001C)
/// YES for a synthetic one. No attribute of a real patient or scanner is made up. UIDs are hashes of the voxels, their
/// place and the options: the same volume gives the same study. The folder appears whole or not at all.
///
/// CT voxels are Hounsfield units. Throws Error(ExitCode::output) when a voxel is not finite or writing fails.
DerivedSeriesReport write_research_series(const std::filesystem::path& out_folder, const Volume& volume,
                                          const ResearchSeriesOptions& options);

}  // namespace voxprior
