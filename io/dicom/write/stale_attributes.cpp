#include "io/dicom/write/stale_attributes.h"

#include <vector>

#include "io/dicom/write/edit_attributes.h"

namespace voxprior {
namespace {

const DcmTagKey kStale[] = {
    DCM_SmallestImagePixelValue,
    DCM_LargestImagePixelValue,
    DCM_SmallestPixelValueInSeries,
    DCM_LargestPixelValueInSeries,
    DCM_RETIRED_SmallestImagePixelValueInPlane,
    DCM_RETIRED_LargestImagePixelValueInPlane,
    DCM_IconImageSequence,
    DCM_HistogramSequence,
    DCM_RepresentativeFrameNumber,
    DCM_PixelDataProviderURL,
    DCM_MACParametersSequence,      // signatures vouch for bytes
    DCM_DigitalSignaturesSequence,  // that are no longer there
    DCM_DataSetTrailingPadding,
};

const DcmTagKey kOfOneSlice[] = {
    DCM_DataCollectionCenterPatient,
    DCM_ReconstructionTargetCenterPatient,
    DCM_TablePosition,
    DCM_CTPositionSequence,  // of Enhanced CT: the three above, which only original images must have
    DCM_InStackPositionNumber,
    DCM_ImagesInAcquisition,
    DCM_NumberOfSeriesRelatedInstances,
    DCM_NumberOfStudyRelatedInstances,
    DCM_RETIRED_ImagePosition,
    DCM_RETIRED_Location,
};

/// MR Pulse Sequence (PS3.3 C.8.13.4) and Bulk Motion Synchronization (C.7.6.18.3).
const DcmTagKey kOfAcquisition[] = {
    DCM_PulseSequenceName,
    DCM_MRAcquisitionType,
    DCM_EchoPulseSequence,
    DCM_MultipleSpinEcho,
    DCM_MultiPlanarExcitation,
    DCM_PhaseContrast,
    DCM_TimeOfFlightContrast,
    DCM_SteadyStatePulseSequence,
    DCM_EchoPlanarPulseSequence,
    DCM_SaturationRecovery,
    DCM_SpectrallySelectedSuppression,
    DCM_OversamplingPhase,
    DCM_GeometryOfKSpaceTraversal,
    DCM_RectilinearPhaseEncodeReordering,
    DCM_SegmentedKSpaceTraversal,
    DCM_CoverageOfKSpace,
    DCM_NumberOfKSpaceTrajectories,
    DCM_BulkMotionCompensationTechnique,
    DCM_BulkMotionSignalSource,
};

std::vector<DcmTagKey> tags_of(DcmItem& item) {
  std::vector<DcmTagKey> tags;
  for (unsigned long n = 0; n < item.card(); ++n) tags.push_back(item.getElement(n)->getTag().getXTag());
  return tags;
}

bool is_curve(const DcmTagKey& tag) { return tag.getGroup() >= 0x5000 && tag.getGroup() <= 0x50ff; }
bool is_overlay(const DcmTagKey& tag) { return tag.getGroup() >= 0x6000 && tag.getGroup() <= 0x60ff; }

/// Whether this overlay plane has bits of its own. Older ones sit in bits of the pixels that are rewritten; and frames
/// of a multi-frame overlay may belong to frames that are left out.
bool stands_alone(DcmItem& dataset, std::uint16_t group) {
  return dataset.tagExists(DcmTagKey(group, 0x3000)) && !dataset.tagExists(DcmTagKey(group, 0x0015));
}

}  // namespace

void remove_stale_attributes(DcmItem& dataset) {
  for (const DcmTagKey& tag : kStale) remove(dataset, tag);
  std::vector<DcmTagKey> doomed;
  for (const DcmTagKey& tag : tags_of(dataset)) {
    if (is_curve(tag) || (is_overlay(tag) && !stands_alone(dataset, tag.getGroup()))) doomed.push_back(tag);
  }
  for (const DcmTagKey& tag : doomed) remove(dataset, tag);
}

void remove_slice_attributes(DcmItem& item) {
  for (const DcmTagKey& tag : kOfOneSlice) remove(item, tag);
  for (const DcmTagKey& tag : tags_of(item)) {
    if (is_overlay(tag)) remove(item, tag);
  }
}

void remove_acquisition_attributes(DcmItem& dataset) {
  for (const DcmTagKey& tag : kOfAcquisition) remove(dataset, tag);
}

void remove_private_attributes(DcmItem& item) {
  for (const DcmTagKey& tag : tags_of(item)) {
    if (tag.getGroup() % 2 == 1) remove(item, tag);
  }
  for (const DcmTagKey& tag : tags_of(item)) {
    DcmSequenceOfItems* const sequence = find_sequence(item, tag);
    for (unsigned long n = 0; sequence != nullptr && n < sequence->card(); ++n) {
      remove_private_attributes(*sequence->getItem(n));
    }
  }
}

}  // namespace voxprior
