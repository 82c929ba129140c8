#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcfilefo.h>

#include <filesystem>
#include <memory>

#include "io/dicom/limits.h"
#include "io/dicom/prescan.h"

// Includes DCMTK: for .cpp files of io/dicom alone.

namespace voxprior {

enum class PixelLoading {
  skip,  ///< the data set ends before the pixel data; quick, and any transfer syntax will do
  load   ///< pixel data too; large values stay on disk until asked for, so the file must stay where it is
};

/// Parses a DICOM file (PS3.10), with or without preamble and file meta information, after prescan_dicom has checked
/// its structure and limits. Throws Error(ExitCode::input) that names the file for anything damaged or refused.
std::unique_ptr<DcmFileFormat> load_dicom(const std::filesystem::path& path, PixelLoading pixels,
                                          const DicomLimits& limits = {});

/// A parsed file and what was found of it before.
struct CheckedDicom {
  DicomStructure structure;
  std::unique_ptr<DcmFileFormat> file;
};

/// The same, for those who also need what the check has found.
CheckedDicom check_and_load_dicom(const std::filesystem::path& path, PixelLoading pixels,
                                  const DicomLimits& limits = {});

/// Whether a file begins as DICOM files do: "DICM" after a preamble, or a first element that could open a file meta
/// group or a data set. False for anything that cannot be opened. Reads 132 bytes.
bool looks_like_dicom(const std::filesystem::path& path);

}  // namespace voxprior
