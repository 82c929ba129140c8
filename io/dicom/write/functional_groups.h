#pragma once

#include <cstdint>
#include <vector>

#include "io/dicom/write/edit_attributes.h"
#include "io/dicom/write/provenance_sequences.h"

namespace voxprior {

/// Whether frames have functional groups: an Enhanced MR or CT image (PS3.3 C.7.6.16).
bool has_functional_groups(DcmDataset& dataset);

/// Makes `frames` (counted from 0; one may be taken several times) the frames of a multi-frame dataset, and takes out
/// what belonged to the others. It is an image of its own then: attributes of the concatenation that it may have been
/// part of go, too.
void take_frames(DcmDataset& dataset, const std::vector<std::int64_t>& frames);

/// Counts the frames anew, each as another plane: InStackPositionNumber, and those of the DimensionIndexValues that
/// count planes.
void count_planes(DcmDataset& dataset);

/// The items with the groups of each frame. The dataset must have_functional_groups().
std::vector<DcmItem*> frame_groups(DcmDataset& dataset);

/// The PixelMeasures items (PS3.3 C.7.6.16.2.1), shared or of each frame.
std::vector<DcmItem*> pixel_measures(DcmDataset& dataset);

/// Says of the image that it is derived, and of every frame from which of `sources`, one for each frame: ImageType,
/// FrameType, and DerivationImageSequence (PS3.3 C.7.6.16.2.6), in the groups of each frame.
void mark_frames_derived(DcmDataset& dataset, const std::vector<SourceReference>& sources, SourcePlace place,
                         const std::string& derivation, const Code& code);

}  // namespace voxprior
