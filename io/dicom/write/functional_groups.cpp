#include "io/dicom/write/functional_groups.h"

#include <algorithm>

#include "io/dicom/write/derived_dataset.h"

namespace voxprior {
namespace {

const DcmTagKey kConcatenation[] = {
    DCM_ConcatenationUID,           DCM_SOPInstanceUIDOfConcatenationSource, DCM_InConcatenationNumber,
    DCM_InConcatenationTotalNumber, DCM_ConcatenationFrameOffsetNumber,
};

const DcmTagKey kFrameTypeHolders[] = {
    DCM_MRImageFrameTypeSequence,
    DCM_CTImageFrameTypeSequence,
};

void set_frame_type(DcmItem& groups) {
  for (const DcmTagKey& tag : kFrameTypeHolders) {
    DcmSequenceOfItems* const holder = find_sequence(groups, tag);
    if (holder != nullptr && holder->card() > 0) {
      set_derived_type(*holder->getItem(0), DCM_FrameType, "PRIMARY", "VOLUME");
    }
  }
}

}  // namespace

bool has_functional_groups(DcmDataset& dataset) {
  return find_sequence(dataset, DCM_PerFrameFunctionalGroupsSequence) != nullptr;
}

void keep_frames(DcmDataset& dataset, const std::vector<std::int64_t>& frames) {
  DcmSequenceOfItems& groups = *find_sequence(dataset, DCM_PerFrameFunctionalGroupsSequence);
  for (unsigned long n = groups.card(); n-- > 0;) {
    if (!std::binary_search(frames.begin(), frames.end(), static_cast<std::int64_t>(n))) delete groups.remove(n);
  }
  set_text(dataset, DCM_NumberOfFrames, std::to_string(frames.size()));
  for (const DcmTagKey& tag : kConcatenation) remove(dataset, tag);
}

void mark_frames_derived(DcmDataset& dataset, const SourceReference& source, const std::string& derivation,
                         const Code& code) {
  DcmSequenceOfItems* const shared = find_sequence(dataset, DCM_SharedFunctionalGroupsSequence);
  if (shared != nullptr && shared->card() > 0) {
    set_frame_type(*shared->getItem(0));
    remove(*shared->getItem(0), DCM_DerivationImageSequence);
  }
  DcmSequenceOfItems& groups = *find_sequence(dataset, DCM_PerFrameFunctionalGroupsSequence);
  for (unsigned long n = 0; n < groups.card(); ++n) {
    DcmItem& frame = *groups.getItem(n);
    set_frame_type(frame);
    remove(frame, DCM_DerivationImageSequence);
    DcmItem& derived = append_item(frame, DCM_DerivationImageSequence);
    set_text(derived, DCM_DerivationDescription, derivation);
    append_code(derived, DCM_DerivationCodeSequence, code);
    set_source_image(derived, {source.sop_class_uid, source.sop_instance_uid, {source.frames[n]}});
  }
}

}  // namespace voxprior
