#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "io/dicom/series.h"

namespace voxprior {

/// What the header of one image says about where it lies and which volume it belongs to. Plain values, no DCMTK type,
/// so that putting volumes together can be tested without files.
struct FrameHeader {
  DicomFrame frame;
  std::array<std::int64_t, 2> size{0, 0};           ///< Columns, Rows
  std::array<double, 2> spacing_mm{0, 0};           ///< along a row, along a column: PixelSpacing the other way round
  std::array<double, 3> row_direction{1, 0, 0};     ///< ImageOrientationPatient, first half: where i grows
  std::array<double, 3> column_direction{0, 1, 0};  ///< second half: where j grows
  std::map<std::string, std::string> traits;        ///< what tells volumes apart, by the names in split_traits.h
  std::string problem;                              ///< why it cannot be part of a volume; else empty
};

}  // namespace voxprior
