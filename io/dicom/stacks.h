#pragma once

#include <string>
#include <vector>

#include "io/dicom/frame_header.h"

namespace voxprior {

/// The volumes that the images of one series make, and what is wrong with the images that make none.
struct SplitSeries {
  std::vector<DicomStack> stacks;  ///< in the order of what sets them apart: time 1, time 2, ...
  std::vector<std::string> problems;
};

/// Groups images by grid (size, spacing, orientation) and by what they show (split_traits.h), and orders each group by
/// position. Depends on what headers say alone: neither on the order of `frames` nor on names of files.
/// An image that fits nowhere is named in `problems`, never loaded with others.
SplitSeries split_into_stacks(std::vector<FrameHeader> frames);

}  // namespace voxprior
