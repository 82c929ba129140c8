#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcfilefo.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "io/dicom/dataset.h"
#include "io/dicom/find_series.h"
#include "io/dicom/pixels/frame_pixels.h"
#include "io/dicom/read_volume.h"
#include "io/dicom/write/derived_series.h"
#include "tests/support/scratch_folder.h"

namespace voxprior::test {

inline std::filesystem::path dicom_testdata(const std::string& name) {
  return std::filesystem::path(VOXPRIOR_TESTDATA) / "dicom" / name;
}

/// The one series in a folder.
inline DicomSeries only_series(const std::filesystem::path& folder) {
  const std::vector<DicomSeries> found = find_dicom_series({folder});
  if (found.size() != 1 || !found.front().readable) {
    const bool explained = !found.empty() && !found.front().problems.empty();
    throw std::runtime_error("not one series: " + (explained ? found.front().problems.front() : folder.string()));
  }
  return found.front();
}

inline DerivedSeriesOptions some_options() {
  DerivedSeriesOptions options;
  options.model_name = "random";
  options.model_sha256 = std::string(64, 'a');
  options.parameters = "noise rician, sigma 1.5";
  options.created = 1700000000;
  return options;
}

/// The stored values of all frames of a volume, frame by frame in its order.
inline std::vector<std::vector<std::int32_t>> stored_values(const DicomStack& stack) {
  std::vector<std::vector<std::int32_t>> frames;
  for (const DicomFrame& frame : stack.frames) {
    const auto file = load_dicom(frame.file, PixelLoading::load);
    frames.push_back(decode_frame(*file, frame.frame, frame.file).stored);
  }
  return frames;
}

/// A text attribute at the top of a file.
inline std::string attribute(const std::filesystem::path& file, const DcmTagKey& tag) {
  OFString text;
  load_dicom(file, PixelLoading::load)->getDataset()->findAndGetOFStringArray(tag, text);
  return text.c_str();
}

/// A text attribute anywhere in a file, the first one found.
inline std::string nested_attribute(const std::filesystem::path& file, const DcmTagKey& tag) {
  OFString text;
  load_dicom(file, PixelLoading::load)->getDataset()->findAndGetOFStringArray(tag, text, OFTrue);
  return text.c_str();
}

inline bool has_attribute(const std::filesystem::path& file, const DcmTagKey& tag) {
  return load_dicom(file, PixelLoading::load)->getDataset()->tagExists(tag, OFTrue);
}

/// A copy of a series of test data with something changed in each file, numbered from 0.
inline void copy_changed(const std::filesystem::path& from, const std::filesystem::path& to,
                         const std::function<void(DcmDataset&, int)>& change) {
  std::filesystem::create_directory(to);
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(from)) files.insert(entry.path());
  int number = 0;
  for (const auto& path : files) {
    const auto file = load_dicom(path, PixelLoading::load);
    change(*file->getDataset(), number++);
    if (file->saveFile((to / path.filename()).c_str(), EXS_LittleEndianExplicit).bad()) {
      throw std::runtime_error("cannot write a changed copy");
    }
  }
}

}  // namespace voxprior::test
