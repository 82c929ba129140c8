#include "io/dicom/write/research_coding.h"

#include <algorithm>
#include <cmath>

#include "io/dicom/write/decimal_string.h"

namespace voxprior {
namespace {

bool fit_as_they_are(const PixelCoding& coding, float least, float greatest) {
  return least >= static_cast<float>(coding.least()) && greatest <= static_cast<float>(coding.greatest());
}

}  // namespace

PixelCoding research_coding(const std::vector<float>& voxels) {
  const auto [least, greatest] = std::minmax_element(voxels.begin(), voxels.end());
  const bool whole = std::all_of(voxels.begin(), voxels.end(), [](float v) { return v == std::nearbyint(v); });
  PixelCoding coding;
  for (const bool is_signed : {true, false}) {
    coding.is_signed = is_signed;
    if (whole && fit_as_they_are(coding, *least, *greatest)) return coding;
  }
  coding.intercept = rounded_to_decimal_string(*least);
  // One step to spare, for what rounding to DS takes away at the ends.
  const double range = static_cast<double>(*greatest) - coding.intercept;
  coding.slope = rounded_to_decimal_string(range / static_cast<double>(coding.greatest() - 1));
  if (!(coding.slope > 0)) coding.slope = 1;
  return coding;
}

}  // namespace voxprior
