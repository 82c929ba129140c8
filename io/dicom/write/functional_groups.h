#pragma once

#include <cstdint>
#include <vector>

#include "io/dicom/write/edit_attributes.h"
#include "io/dicom/write/provenance_sequences.h"

namespace voxprior {

/// Whether frames have functional groups: an Enhanced MR or CT image (PS3.3 C.7.6.16).
bool has_functional_groups(DcmDataset& dataset);

/// Leaves `frames` (counted from 0, ascending) of a multi-frame dataset and takes out what belonged to the others. It
/// is an image of its own then: attributes of the concatenation that it may have been part of go, too.
void keep_frames(DcmDataset& dataset, const std::vector<std::int64_t>& frames);

/// Says of every frame that it is derived from the frame of `source` that it was made of: FrameType, and
/// DerivationImageSequence (PS3.3 C.7.6.16.2.6), in the groups of each frame. `source.frames` are the frames kept.
void mark_frames_derived(DcmDataset& dataset, const SourceReference& source, const std::string& derivation,
                         const Code& code);

}  // namespace voxprior
