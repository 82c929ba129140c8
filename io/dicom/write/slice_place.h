#pragma once

// Includes DCMTK: for .cpp files of io/dicom alone.
#include <cstddef>
#include <vector>

#include "io/dicom/write/edit_attributes.h"
#include "io/dicom/write/new_slices.h"

namespace voxprior {

/// Says where the new slices of a resliced series lie, in the way in which its source says it: SliceLocation, which is
/// relative to whatever the scanner likes, and the direction in which InstanceNumber counts are those of the source, as
/// the headers of its first and its last slice have them.
class SlicePlaces {
 public:
  /// `thickness_mm` of the new slices, of which there are `count`. Reads the two headers.
  SlicePlaces(const DicomStack& stack, double thickness_mm, std::size_t count);

  /// Sets position, location, thickness and number of slice number `index`, counted from 0, in a copy of the data set
  /// of its nearest source.
  void place_image(DcmDataset& dataset, const NewSlice& slice, std::size_t index) const;

  /// The same for a multi-frame image whose frames are copies of the nearest sources of `slices`.
  void place_frames(DcmDataset& dataset, const std::vector<NewSlice>& slices) const;

 private:
  void set_thickness(DcmItem& item) const;

  double thickness_mm_;
  std::size_t count_;
  bool counts_down_ = false;  ///< InstanceNumber falls along the third axis
  bool located_ = false;      ///< SliceLocation is first_location_ + location_per_mm_ * NewSlice::distance_mm
  double first_location_ = 0, location_per_mm_ = 0;
};

}  // namespace voxprior
