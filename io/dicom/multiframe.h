#pragma once
// Includes DCMTK: for .cpp files of io/dicom only.

#include <dcmtk/dcmdata/dcdatset.h>

#include <vector>

#include "io/dicom/frame_header.h"

namespace voxprior {

/// The frames of an Enhanced MR or CT file (PS3.3 C.7.6.16): each from its own functional groups, or from the shared
/// ones where it has none. `common` holds what is the same in all of them: file, size, SOPInstanceUID. No frames when
/// NumberOfFrames and PerFrameFunctionalGroupsSequence disagree.
std::vector<FrameHeader> read_frames(DcmDataset& dataset, const std::string& modality, const FrameHeader& common);

/// Which of the DimensionIndexValues of a frame count planes of one volume, and so do not tell volumes apart.
std::vector<bool> plane_dimensions(DcmDataset& dataset);

}  // namespace voxprior
