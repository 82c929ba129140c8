#include "io/dicom/write/pixel_module.h"

#include <dcmtk/dcmdata/dcpixel.h>

#include <algorithm>
#include <cstddef>
#include <memory>

#include "base/error.h"
#include "io/dicom/slice_values.h"

namespace voxprior {
namespace {

/// As the source has it, where pixels can be stored so; CT insists on 16 even for few bits.
int allocation(DcmDataset& dataset, int bits_stored) {
  Uint16 bits = 0;
  dataset.findAndGetUint16(DCM_BitsAllocated, bits);
  if ((bits == 8 || bits == 16 || bits == 32) && bits >= bits_stored) return bits;
  return bits_stored <= 8 ? 8 : bits_stored <= 16 ? 16 : 32;
}

template <typename Word>
std::vector<Word> as_words(const std::vector<std::int32_t>& stored) {
  std::vector<Word> words(stored.size());
  std::transform(stored.begin(), stored.end(), words.begin(), [](std::int32_t v) { return static_cast<Word>(v); });
  return words;
}

/// 8-bit pixels are OB bytes, padded to an even number; wider ones OW words, two of them for 32 bits.
std::unique_ptr<DcmPixelData> pixel_element(int bits_allocated, const std::vector<std::int32_t>& stored) {
  auto element = std::make_unique<DcmPixelData>(DcmTag(DCM_PixelData, bits_allocated == 8 ? EVR_OB : EVR_OW));
  OFCondition condition;
  if (bits_allocated == 8) {
    std::vector<Uint8> bytes = as_words<Uint8>(stored);
    if (bytes.size() % 2 == 1) bytes.push_back(0);
    condition = element->putUint8Array(bytes.data(), static_cast<unsigned long>(bytes.size()));
  } else if (bits_allocated == 16) {
    const std::vector<Uint16> words = as_words<Uint16>(stored);
    condition = element->putUint16Array(words.data(), static_cast<unsigned long>(words.size()));
  } else {
    std::vector<Uint16> words;
    words.reserve(2 * stored.size());
    for (const std::int32_t value : stored) {
      const auto bits = static_cast<std::uint32_t>(value);
      words.push_back(static_cast<Uint16>(bits & 0xffff));
      words.push_back(static_cast<Uint16>(bits >> 16));
    }
    condition = element->putUint16Array(words.data(), static_cast<unsigned long>(words.size()));
  }
  if (condition.bad()) fail(ExitCode::resources, "pixels could not be encoded: ", condition.text());
  return element;
}

}  // namespace

PixelCoding pixel_coding(DcmDataset& dataset, int bits_stored, bool is_signed) {
  PixelCoding coding;
  coding.bits_stored = bits_stored;
  coding.is_signed = is_signed;
  const PixelMeaning meaning = pixel_meaning(dataset, is_signed);
  coding.monochrome1 = meaning.monochrome1;
  if (meaning.has_padding) {
    coding.padding_first = meaning.padding_first;
    coding.padding_last = meaning.padding_last;
  }
  return coding;
}

void set_pixels(DcmDataset& dataset, const PixelCoding& coding, const std::vector<std::int32_t>& stored) {
  const int bits_allocated = allocation(dataset, coding.bits_stored);
  set_uint16(dataset, DCM_BitsAllocated, static_cast<std::uint16_t>(bits_allocated));
  set_uint16(dataset, DCM_BitsStored, static_cast<std::uint16_t>(coding.bits_stored));
  set_uint16(dataset, DCM_HighBit, static_cast<std::uint16_t>(coding.bits_stored - 1));
  set_uint16(dataset, DCM_PixelRepresentation, coding.is_signed ? 1 : 0);

  remove(dataset, DCM_PixelData);
  std::unique_ptr<DcmPixelData> element = pixel_element(bits_allocated, stored);
  if (dataset.insert(element.get(), OFTrue).bad()) fail(ExitCode::bug, "PixelData could not be inserted");
  element.release();
}

}  // namespace voxprior
