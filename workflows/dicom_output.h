#pragma once

#include <cstddef>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include "base/atomic_file.h"
#include "io/dicom/write/derived_series.h"
#include "workflows/provenance.h"

namespace voxprior {

/// The time to put into new series: SOURCE_DATE_EPOCH (seconds since 1970, reproducible-builds.org) if it is set, so
/// that a run can be repeated byte for byte, else now. Throws Error(ExitCode::usage) when it is no number.
std::time_t creation_time();

/// Whether OUT asks for a folder of DICOM files: it is a folder, ends in a slash, or its name has no ending.
bool names_dicom_folder(const std::string& output);

/// "out/" -> "out": a folder's name to which ".voxprior.json" can be added.
std::filesystem::path without_final_slash(const std::filesystem::path& folder);

/// Throws Error(ExitCode::output) if `output` lies in `input`, a folder to read: the next run would take it for input.
void refuse_inside(const std::filesystem::path& output, const std::filesystem::path& input);

/// Throws Error(ExitCode::output) unless the folder and its sidecar can be written.
void check_dicom_output(const std::filesystem::path& folder, Overwrite overwrite);

/// Adds what was written to the provenance and puts it beside the folder. If that fails, the folder goes, too.
void finish_dicom_output(const std::filesystem::path& folder, const DerivedSeriesReport& report, Provenance& provenance,
                         Overwrite overwrite);

/// Adds a volume of a series that was read, under inputs/<role>.
void add_series_input(Provenance& provenance, const std::string& role, const std::filesystem::path& path,
                      const DicomSeries& series, std::size_t stack);

/// On stdout, after `prefix`: how many voxels were set to the limits of the stored bits, if any.
void tell_clipped(const DerivedSeriesReport& report, const std::string& prefix = "");

/// On stderr, and kept as "notices" in the provenance.
void tell_notices(const std::vector<std::string>& notices, Provenance& provenance);

}  // namespace voxprior
