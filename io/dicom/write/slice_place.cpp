#include "io/dicom/write/slice_place.h"

#include <memory>
#include <optional>

#include "io/dicom/attributes.h"
#include "io/dicom/dataset.h"
#include "io/dicom/write/decimal_string.h"
#include "io/dicom/write/functional_groups.h"
#include "io/dicom/write/stale_attributes.h"

namespace voxprior {
namespace {

struct Header {
  std::optional<double> instance, location;
};

Header header_of(const DicomFrame& frame) {
  const std::unique_ptr<DcmFileFormat> file = load_dicom(frame.file, PixelLoading::skip);
  DcmDataset& dataset = *file->getDataset();
  return {number_of(dataset, DCM_InstanceNumber), number_of(dataset, DCM_SliceLocation)};
}

}  // namespace

SlicePlaces::SlicePlaces(const DicomStack& stack, double thickness_mm, std::size_t count)
    : thickness_mm_(thickness_mm), count_(count) {
  const Header first = header_of(stack.frames.front()), last = header_of(stack.frames.back());
  counts_down_ = first.instance && last.instance && *last.instance < *first.instance;
  located_ = first.location && last.location;
  if (!located_) return;
  first_location_ = *first.location;
  location_per_mm_ = (*last.location - *first.location) /
                     (stack.geometry.spacing_mm[2] * static_cast<double>(stack.frames.size() - 1));
}

void SlicePlaces::place_image(DcmDataset& dataset, const NewSlice& slice, std::size_t index) const {
  remove_slice_attributes(dataset);
  set_text(dataset, DCM_ImagePositionPatient, decimal_strings(slice.position_mm));
  set_thickness(dataset);
  if (located_) {
    set_text(dataset, DCM_SliceLocation, decimal_string(first_location_ + location_per_mm_ * slice.distance_mm));
  } else {
    remove(dataset, DCM_SliceLocation);
  }
  set_text(dataset, DCM_InstanceNumber, std::to_string(counts_down_ ? count_ - index : index + 1));
}

void SlicePlaces::place_frames(DcmDataset& dataset, const std::vector<NewSlice>& slices) const {
  remove_slice_attributes(dataset);
  std::size_t n = 0;
  for (DcmItem* groups : frame_groups(dataset)) {
    remove_slice_attributes(*groups);
    remove(*groups, DCM_PlanePositionSequence);
    set_text(append_item(*groups, DCM_PlanePositionSequence), DCM_ImagePositionPatient,
             decimal_strings(slices.at(n++).position_mm));
  }
  count_planes(dataset);
  for (DcmItem* measures : pixel_measures(dataset)) set_thickness(*measures);
}

void SlicePlaces::set_thickness(DcmItem& item) const {
  set_text(item, DCM_SliceThickness, decimal_string(thickness_mm_));
  if (item.tagExists(DCM_SpacingBetweenSlices)) {
    set_text(item, DCM_SpacingBetweenSlices, decimal_string(thickness_mm_));
  }
}

}  // namespace voxprior
