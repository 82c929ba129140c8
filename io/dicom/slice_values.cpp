#include "io/dicom/slice_values.h"

#include <dcmtk/dcmdata/dcdeftag.h>

#include <algorithm>

#include "io/dicom/attributes.h"

namespace voxprior {
namespace {

/// US or SS according to PixelRepresentation, which a file may contradict in the VR: the 16 bits count.
std::int64_t as_stored(double number, bool is_signed) {
  const auto bits = static_cast<std::uint16_t>(static_cast<std::int64_t>(number));
  return is_signed ? static_cast<std::int16_t>(bits) : static_cast<std::int64_t>(bits);
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

SliceCounts convert_slice(const FramePixels& pixels, const PixelMeaning& meaning, const DicomFrame& frame,
                          float* values) {
  constexpr int kExactBits = 24;  // whole numbers that float32 holds
  // Lowest plus highest value of the stored bits: what a value and its mirror image add up to.
  const std::int64_t mirror = pixels.is_signed ? -1 : (std::int64_t{1} << pixels.bits_stored) - 1;
  const double slope = frame.rescale_slope, intercept = frame.rescale_intercept;
  const auto real = [&](double shown) { return static_cast<float>(shown * slope + intercept); };
  // One plain loop for each thing to do: compilers vectorise them.
  const std::size_t count = pixels.stored.size();
  const std::int32_t* stored = pixels.stored.data();
  if (meaning.monochrome1) {
    for (std::size_t n = 0; n < count; ++n) values[n] = real(static_cast<double>(mirror - stored[n]));
  } else {
    for (std::size_t n = 0; n < count; ++n) values[n] = real(stored[n]);
  }
  SliceCounts counts;
  if (pixels.bits_stored > kExactBits) {
    constexpr std::int32_t kExact = 1 << kExactBits;
    counts.inexact = std::count_if(stored, stored + count, [](std::int32_t v) { return v > kExact || v < -kExact; });
  }
  if (meaning.has_padding) {
    counts.padding = std::count_if(pixels.stored.begin(), pixels.stored.end(), [&](std::int32_t stored) {
      return meaning.padding_first <= stored && stored <= meaning.padding_last;
    });
  }
  return counts;
}

}  // namespace voxprior
