#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "io/dicom/series.h"

namespace voxprior {

/// A slice of a volume whose slices are others than those of the stack that it was made of.
struct NewSlice {
  std::array<double, 3> position_mm{};  ///< LPS centre of its first pixel
  double distance_mm = 0;               ///< from the first plane of the stack, along its third axis; may be negative
  std::size_t nearest = 0;              ///< the plane of the stack that is nearest; of two, the one before
  std::vector<std::size_t> made_of;     ///< the planes that it lies between; one where it lies in a plane or beyond all
};

/// The slices of `result`, in its order. Its rows and columns must be those of the stack (check_other_slices).
std::vector<NewSlice> new_slices(const Geometry& result, const DicomStack& stack);

}  // namespace voxprior
