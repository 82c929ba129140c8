#pragma once

#include <string>
#include <vector>

#include "io/dicom/frame_header.h"

namespace voxprior {

/// Whether two images have rows, columns, spacing and orientation in common, to the rounding found in files.
bool on_same_grid(const FrameHeader& a, const FrameHeader& b);

/// Positions along the normal of the first image (row direction x column direction), mm.
std::vector<double> positions_along_normal(const std::vector<FrameHeader>& frames);

/// Whether two images lie in one plane, so that they cannot belong to one volume.
bool any_share_a_plane(const std::vector<FrameHeader>& frames);

/// A stack, or why there is none.
struct BuiltStack {
  DicomStack stack;
  std::string problem;  ///< not empty: no stack
};

/// Orders images on one grid by position along the normal and lays a grid through them. The third axis runs from the
/// first to the last position; it is perpendicular to the planes to the rounding of files, or the stack is `sheared`.
BuiltStack build_stack(std::vector<FrameHeader> frames);

}  // namespace voxprior
