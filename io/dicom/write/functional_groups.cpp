#include "io/dicom/write/functional_groups.h"

#include <memory>

#include "base/error.h"
#include "io/dicom/attributes.h"
#include "io/dicom/multiframe.h"
#include "io/dicom/write/derived_dataset.h"
#include "io/dicom/write/stale_attributes.h"

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

void count_planes(DcmDataset& dataset) {
  const std::vector<bool> counts_planes = plane_dimensions(dataset);
  Uint32 number = 0;
  for (DcmItem* groups : frame_groups(dataset)) {
    ++number;
    DcmItem* const content = first_item(*groups, DCM_FrameContentSequence);
    if (content == nullptr) continue;
    if (content->tagExists(DCM_InStackPositionNumber)) set_uint32s(*content, DCM_InStackPositionNumber, {number});
    std::vector<Uint32> values;
    for (std::size_t n = 0; n < counts_planes.size(); ++n) {
      const auto value = number_of(*content, DCM_DimensionIndexValues, static_cast<unsigned long>(n));
      if (value) values.push_back(counts_planes[n] ? number : static_cast<Uint32>(*value));
    }
    if (!values.empty()) set_uint32s(*content, DCM_DimensionIndexValues, values);
  }
}

std::vector<DcmItem*> pixel_measures(DcmDataset& dataset) {
  std::vector<DcmItem*> groups = frame_groups(dataset), measures;
  groups.push_back(first_item(dataset, DCM_SharedFunctionalGroupsSequence));
  for (DcmItem* one : groups) {
    DcmItem* const item = one == nullptr ? nullptr : first_item(*one, DCM_PixelMeasuresSequence);
    if (item != nullptr) measures.push_back(item);
  }
  return measures;
}

bool has_functional_groups(DcmDataset& dataset) {
  return find_sequence(dataset, DCM_PerFrameFunctionalGroupsSequence) != nullptr;
}

std::vector<DcmItem*> frame_groups(DcmDataset& dataset) {
  DcmSequenceOfItems& groups = *find_sequence(dataset, DCM_PerFrameFunctionalGroupsSequence);
  std::vector<DcmItem*> items;
  // Moving on by nextInContainer: getItem(n) counts from the start each time.
  for (DcmObject* item = groups.nextInContainer(nullptr); item != nullptr; item = groups.nextInContainer(item)) {
    items.push_back(static_cast<DcmItem*>(item));
  }
  return items;
}

void take_frames(DcmDataset& dataset, const std::vector<std::int64_t>& frames) {
  const std::vector<DcmItem*> all = frame_groups(dataset);
  auto taken = std::make_unique<DcmSequenceOfItems>(DCM_PerFrameFunctionalGroupsSequence);
  for (const std::int64_t frame : frames) {
    taken->append(std::make_unique<DcmItem>(*all.at(static_cast<std::size_t>(frame))).release());
  }
  if (dataset.insert(taken.get(), OFTrue).bad()) fail(ExitCode::bug, "frames could not be inserted");
  taken.release();
  set_text(dataset, DCM_NumberOfFrames, std::to_string(frames.size()));
  for (const DcmTagKey& tag : kConcatenation) remove(dataset, tag);
}

void mark_frames_derived(DcmDataset& dataset, const std::vector<SourceReference>& sources, SourcePlace place,
                         const std::string& derivation, const Code& code) {
  set_derived_type(dataset, DCM_ImageType, "PRIMARY", "VOLUME");
  remove_acquisition_attributes(dataset);
  remove(dataset, DCM_SourceImageSequence);
  DcmSequenceOfItems* const shared = find_sequence(dataset, DCM_SharedFunctionalGroupsSequence);
  if (shared != nullptr && shared->card() > 0) {
    set_frame_type(*shared->getItem(0));
    remove(*shared->getItem(0), DCM_DerivationImageSequence);
  }
  std::size_t n = 0;
  for (DcmItem* frame : frame_groups(dataset)) {
    set_frame_type(*frame);
    remove(*frame, DCM_DerivationImageSequence);
    DcmItem& derived = append_item(*frame, DCM_DerivationImageSequence);
    set_text(derived, DCM_DerivationDescription, derivation);
    append_code(derived, DCM_DerivationCodeSequence, code);
    set_source_images(derived, {sources.at(n++)}, place);
  }
}

}  // namespace voxprior
