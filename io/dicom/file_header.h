#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "io/dicom/frame_header.h"
#include "io/dicom/limits.h"

namespace voxprior {

/// What one DICOM file says of itself, read without its pixels.
struct FileHeader {
  std::filesystem::path file;
  DicomSeries series;  ///< the attributes that all files of a series have in common; no stacks
  std::string sop_instance_uid;
  std::vector<FrameHeader> frames;
  std::string problem;        ///< why nothing of this file is part of a volume; else empty
  bool is_directory = false;  ///< a DICOMDIR
};

/// Throws Error(ExitCode::input) for a file that is no DICOM or damaged.
FileHeader read_file_header(const std::filesystem::path& file, const DicomLimits& limits);

}  // namespace voxprior
