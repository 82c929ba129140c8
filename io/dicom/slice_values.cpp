#include "io/dicom/slice_values.h"

#include <dcmtk/dcmdata/dcdeftag.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "io/dicom/attributes.h"

namespace voxprior {
namespace {

/// US or SS according to PixelRepresentation, which a file may contradict in the VR: the 16 bits count.
std::int64_t as_stored(double number, bool is_signed) {
  const auto bits = static_cast<std::uint16_t>(static_cast<std::int64_t>(number));
  return is_signed ? static_cast<std::int16_t>(bits) : static_cast<std::int64_t>(bits);
}

constexpr int kExactBits = 24;  // whole numbers that float32 holds

/// Whether all that the rescale makes of `bits` bits are whole numbers that float32 holds: it then computes what double
/// would, to the bit.
bool exact_in_float(int bits, double slope, double intercept) {
  const bool whole = slope == std::floor(slope) && intercept == std::floor(intercept);
  return whole && std::ldexp(std::abs(slope), bits) + std::abs(intercept) <= (1 << kExactBits);
}

/// A plain loop, which compilers vectorise.
template <typename Real>
void rescale(const std::int32_t* stored, std::size_t count, Real slope, Real intercept, float* values) {
  for (std::size_t n = 0; n < count; ++n)
    values[n] = static_cast<float>(static_cast<Real>(stored[n]) * slope + intercept);
}

std::int64_t count_between(const std::int32_t* stored, std::size_t count, std::int64_t first, std::int64_t last) {
  using Limits = std::numeric_limits<std::int32_t>;
  if (first > Limits::max() || last < Limits::min()) return 0;
  const auto low = static_cast<std::int32_t>(std::max<std::int64_t>(first, Limits::min()));
  const auto high = static_cast<std::int32_t>(std::min<std::int64_t>(last, Limits::max()));
  std::uint32_t found = 0;
  for (std::size_t n = 0; n < count; ++n) found += low <= stored[n] && stored[n] <= high ? 1u : 0u;
  return found;
}

}  // namespace

PixelMeaning pixel_meaning(DcmItem& dataset, bool is_signed) {
  PixelMeaning meaning;
  meaning.monochrome1 = text_of(dataset, DCM_PhotometricInterpretation) == "MONOCHROME1";
  const auto value = number_of(dataset, DCM_PixelPaddingValue);
  if (!value) return meaning;
  const auto limit = number_of(dataset, DCM_PixelPaddingRangeLimit);
  meaning.has_padding = true;
  meaning.padding_first = as_stored(*value, is_signed);
  meaning.padding_last = limit ? as_stored(*limit, is_signed) : meaning.padding_first;
  if (meaning.padding_first > meaning.padding_last) std::swap(meaning.padding_first, meaning.padding_last);
  return meaning;
}

void convert_values(const std::int32_t* stored, std::size_t count, int bits_stored, bool is_signed,
                    const PixelMeaning& meaning, const DicomFrame& frame, float* values, SliceCounts& counts) {
  const double slope = frame.rescale_slope, intercept = frame.rescale_intercept;
  if (meaning.monochrome1) {
    // Lowest plus highest value of the stored bits: what a value and its mirror image add up to.
    const double mirror = is_signed ? -1 : std::ldexp(1, bits_stored) - 1;
    for (std::size_t n = 0; n < count; ++n) values[n] = static_cast<float>((mirror - stored[n]) * slope + intercept);
  } else if (exact_in_float(bits_stored, slope, intercept)) {
    rescale(stored, count, static_cast<float>(slope), static_cast<float>(intercept), values);
  } else {
    rescale(stored, count, slope, intercept, values);
  }
  if (bits_stored > kExactBits) {
    constexpr std::int32_t kExact = 1 << kExactBits;
    counts.inexact += static_cast<std::int64_t>(count) - count_between(stored, count, -kExact, kExact);
  }
  if (meaning.has_padding) counts.padding += count_between(stored, count, meaning.padding_first, meaning.padding_last);
}

}  // namespace voxprior
