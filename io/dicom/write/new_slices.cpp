#include "io/dicom/write/new_slices.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "io/dicom/vector3.h"

namespace voxprior {
namespace {

constexpr double kSamePlane = 1e-6;  // of the distance between planes: nearer is rounding

std::size_t plane_at(double plane, const DicomStack& stack) {
  const double last = static_cast<double>(stack.frames.size() - 1);
  return static_cast<std::size_t>(std::clamp(plane, 0., last));
}

}  // namespace

std::vector<NewSlice> new_slices(const Geometry& result, const DicomStack& stack) {
  const Geometry& source = stack.geometry;
  const Vector3 axis{source.lps_from_index[2], source.lps_from_index[5], source.lps_from_index[8]};
  std::vector<NewSlice> slices;
  for (std::int64_t k = 0; k < result.size[2]; ++k) {
    NewSlice slice;
    slice.position_mm = plus(result.origin_mm, result.spacing_mm[2] * static_cast<double>(k), axis);
    slice.distance_mm = dot(minus(slice.position_mm, source.origin_mm), axis);
    const double plane = slice.distance_mm / source.spacing_mm[2];
    slice.nearest = plane_at(std::ceil(plane - 0.5 - kSamePlane), stack);
    slice.made_of = {plane_at(std::floor(plane + kSamePlane), stack)};
    const std::size_t after = plane_at(std::ceil(plane - kSamePlane), stack);
    if (after != slice.made_of.front()) slice.made_of.push_back(after);
    slices.push_back(std::move(slice));
  }
  return slices;
}

}  // namespace voxprior
