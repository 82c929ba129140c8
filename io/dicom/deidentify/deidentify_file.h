#pragma once

#include <filesystem>
#include <string>

#include "io/dicom/deidentify/options.h"
#include "io/dicom/deidentify/pseudonyms.h"
#include "io/dicom/limits.h"

namespace voxprior {

/// Whether a file begins as DICOM files do and is not called DICOMDIR: the index of a medium holds names and no image.
bool may_be_dicom_instance(const std::filesystem::path& file);

/// A de-identified file.
struct DeidentifiedFile {
  std::filesystem::path path;  ///< OUT/SERIES/INSTANCE.dcm, both named by keyed hashes
  std::string patient;         ///< the pseudonym
  std::string warning;         ///< what was accepted and should be looked at; usually empty
};

/// Writes the de-identified copy of one DICOM file below `out_folder`, which must exist, in the transfer syntax it came
/// in: pixel data is not decoded. All or nothing; the input is not touched. The preamble is zeros and the file meta
/// information new. Throws Error(ExitCode::input) for a file that is damaged, that holds more than attributes can clean
/// (structured reports, encapsulated documents, presentation states), or whose pixels may show identifying text;
/// Error(ExitCode::output) if the same instance has been written before or the disk fails.
DeidentifiedFile deidentify_file(const std::filesystem::path& in, const std::filesystem::path& out_folder,
                                 const DeidentifyOptions& options, const Pseudonyms& pseudonyms,
                                 const DicomLimits& limits = {});

}  // namespace voxprior
