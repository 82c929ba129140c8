#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "io/volume.h"

namespace voxprior {

struct NativePixels;

/// One image plane: a classic DICOM file, or one frame of a multi-frame file.
struct DicomFrame {
  std::filesystem::path file;
  std::int64_t frame = 0;  ///< which frame of the file, counted from 0
  std::string sop_instance_uid;
  std::array<double, 3> position_mm{0, 0, 0};  ///< ImagePositionPatient: LPS centre of the first pixel
  double rescale_slope = 1;                    ///< real value = stored * slope + intercept; may differ between slices
  double rescale_intercept = 0;
  std::shared_ptr<const NativePixels> native{};  ///< where the pixels lie, if they can be read without parsing the file
                                                 ///< again (pixels/native_pixels.h); else null
};

/// The frames of a series that make one volume: one echo, one time point, one b-value.
struct DicomStack {
  std::vector<DicomFrame> frames;  ///< ordered along the third axis of the grid
  Geometry geometry;     ///< i along the rows, j along the columns, k through the frames; right for `sheared`, too
  bool sheared = false;  ///< gantry tilt: the third axis is not perpendicular to the planes
  std::vector<double> gaps_mm;  ///< distances between neighbouring planes, where they are not all equal (the spacing
                                ///< of the third axis is then their median); else empty
  std::string irregular;        ///< where the planes are not equally spaced, in words; goes with gaps_mm
  std::string label;  ///< what sets it apart from the other stacks of the series: "echo 2", "b 1000"; may be empty
};

/// What a folder says of one series, read from headers alone: no pixel is decoded.
struct DicomSeries {
  std::string study_uid, series_uid, frame_of_reference_uid, sop_class_uid, transfer_syntax_uid;
  std::string modality;     ///< "MR", "CT", as in the file
  std::string description;  ///< SeriesDescription
  std::int64_t number = 0;  ///< SeriesNumber
  std::vector<DicomStack> stacks;
  std::vector<std::string> problems;  ///< why it is no volume, or what to know of it
  bool readable = false;              ///< has a stack; one with gaps_mm is read only where gaps are allowed
  std::int64_t image_count = 0;       ///< images found, also where they make no volume
};

}  // namespace voxprior
