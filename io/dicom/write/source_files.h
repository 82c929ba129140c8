#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "io/dicom/series.h"

namespace voxprior {

/// The frames of a stack that lie in one file, in the order of that file.
struct SourceFile {
  std::filesystem::path file;
  std::vector<std::size_t> planes;  ///< positions in DicomStack::frames, by ascending DicomFrame::frame
};

/// The files of a stack, in the order of their first planes.
std::vector<SourceFile> source_files(const DicomStack& stack);

}  // namespace voxprior
