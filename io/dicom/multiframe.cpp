#include "io/dicom/multiframe.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcsequen.h>

#include <string>

#include "io/dicom/attributes.h"
#include "io/dicom/image_plane.h"
#include "io/dicom/split_traits.h"

namespace voxprior {
namespace {

/// The functional groups of one frame.
class FunctionalGroups {
 public:
  FunctionalGroups(DcmItem& own, DcmItem* shared) : own_(own), shared_(shared) {}

  /// The group's item; null when neither the frame nor the file has it.
  DcmItem* find(const DcmTagKey& group) const {
    if (DcmItem* item = first_item(own_, group)) return item;
    return shared_ != nullptr ? first_item(*shared_, group) : nullptr;
  }

 private:
  DcmItem& own_;
  DcmItem* shared_;
};

std::string dimension_values(DcmItem& content, const std::vector<bool>& counts_planes) {
  std::string values;
  for (std::size_t n = 0; n < counts_planes.size(); ++n) {
    const auto value = number_of(content, DCM_DimensionIndexValues, static_cast<unsigned long>(n));
    if (!value || counts_planes[n]) continue;
    values += (values.empty() ? "" : "/") + std::to_string(static_cast<long long>(*value));
  }
  return values;
}

void read_traits(const FunctionalGroups& groups, DcmDataset& dataset, const std::string& modality,
                 const std::vector<bool>& counts_planes, FrameHeader& frame) {
  const DcmTagKey type_group = modality == "CT" ? DCM_CTImageFrameTypeSequence : DCM_MRImageFrameTypeSequence;
  std::string type;
  if (DcmItem* item = groups.find(type_group)) type = text_of(*item, DCM_FrameType);
  read_image_type(type.empty() ? text_of(dataset, DCM_ImageType) : type, modality, frame);
  if (DcmItem* content = groups.find(DCM_FrameContentSequence)) {
    read_trait(*content, DCM_StackID, trait::kStack, frame);
    read_trait(*content, DCM_TemporalPositionIndex, trait::kTime, frame);
    frame.traits[trait::kDimension] = dimension_values(*content, counts_planes);
  }
  if (DcmItem* echo = groups.find(DCM_MREchoSequence))
    read_trait(*echo, DCM_EffectiveEchoTime, trait::kEchoTime, frame);
  if (DcmItem* diffusion = groups.find(DCM_MRDiffusionSequence)) {
    read_trait(*diffusion, DCM_DiffusionBValue, trait::kBValue, frame);
    if (DcmItem* direction = first_item(*diffusion, DCM_DiffusionGradientDirectionSequence))
      read_trait(*direction, DCM_DiffusionGradientOrientation, trait::kDirection, frame);
  }
}

}  // namespace

std::vector<bool> plane_dimensions(DcmDataset& dataset) {
  std::vector<bool> counts_planes;
  DcmSequenceOfItems* dimensions = nullptr;
  if (dataset.findAndGetSequence(DCM_DimensionIndexSequence, dimensions).bad()) return counts_planes;
  for (unsigned long n = 0; n < dimensions->card(); ++n) {
    DcmElement* pointer = nullptr;
    Uint16 group = 0, element = 0;
    if (dimensions->getItem(n)->findAndGetElement(DCM_DimensionIndexPointer, pointer).good()) {
      Uint16* tag = nullptr;
      if (pointer->getUint16Array(tag).good() && tag != nullptr && pointer->getVM() == 1) {
        group = tag[0];
        element = tag[1];
      }
    }
    const DcmTagKey tag(group, element);
    counts_planes.push_back(tag == DCM_InStackPositionNumber || tag == DCM_ImagePositionPatient ||
                            tag == DCM_PlanePositionSequence || tag == DCM_SliceLocation);
  }
  return counts_planes;
}

std::vector<FrameHeader> read_frames(DcmDataset& dataset, const std::string& modality, const FrameHeader& common) {
  std::vector<FrameHeader> frames;
  DcmSequenceOfItems* per_frame = nullptr;
  const auto count = integer_of(dataset, DCM_NumberOfFrames);
  if (dataset.findAndGetSequence(DCM_PerFrameFunctionalGroupsSequence, per_frame).bad() || !count ||
      *count != static_cast<std::int64_t>(per_frame->card()))
    return frames;

  DcmItem* shared = first_item(dataset, DCM_SharedFunctionalGroupsSequence);
  const std::vector<bool> counts_planes = plane_dimensions(dataset);
  // Moving on by nextInContainer: getItem(n) counts from the start each time.
  for (DcmObject* item = per_frame->nextInContainer(nullptr); item != nullptr;
       item = per_frame->nextInContainer(item)) {
    const FunctionalGroups groups(*static_cast<DcmItem*>(item), shared);
    FrameHeader frame = common;
    frame.frame.frame = static_cast<std::int64_t>(frames.size());
    read_spacing(groups.find(DCM_PixelMeasuresSequence), frame);
    read_position(groups.find(DCM_PlanePositionSequence), frame);
    read_orientation(groups.find(DCM_PlaneOrientationSequence), frame);
    read_rescale(groups.find(DCM_PixelValueTransformationSequence), frame);
    read_traits(groups, dataset, modality, counts_planes, frame);
    frames.push_back(std::move(frame));
  }
  return frames;
}

}  // namespace voxprior
