#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "io/dicom/frame_header.h"

namespace voxprior::test {

/// An image of 4 columns and 3 rows at `position_mm`, axial, pixels of 0.5 mm (along rows) by 0.75 mm.
inline FrameHeader frame_at(std::array<double, 3> position_mm, const std::string& uid) {
  FrameHeader header;
  header.frame.file = uid + ".dcm";
  header.frame.sop_instance_uid = uid;
  header.frame.position_mm = position_mm;
  header.size = {4, 3};
  header.spacing_mm = {0.5, 0.75};
  return header;
}

/// `count` axial images, z mm apart from one to the next. UIDs run against the positions.
inline std::vector<FrameHeader> axial_frames(int count, double step_mm, const std::string& prefix = "1.") {
  std::vector<FrameHeader> frames;
  for (int n = 0; n < count; ++n)
    frames.push_back(frame_at({-10, 20, 5 + n * step_mm}, prefix + std::to_string(900 - n)));
  return frames;
}

}  // namespace voxprior::test
