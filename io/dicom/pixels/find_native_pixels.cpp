#include "io/dicom/pixels/find_native_pixels.h"

#include <dcmtk/dcmdata/dcdeftag.h>

#include "base/error.h"
#include "io/dicom/pixels/image_description.h"
#include "io/dicom/slice_values.h"

namespace voxprior {
namespace {

/// Attributes may stand behind the pixel data, where a header alone does not show them: nothing may be left to guess.
bool says_how_pixels_lie(DcmDataset& dataset) {
  return dataset.tagExists(DCM_BitsStored) && dataset.tagExists(DCM_HighBit) &&
         dataset.tagExists(DCM_PixelRepresentation) && dataset.tagExists(DCM_PhotometricInterpretation);
}

}  // namespace

std::shared_ptr<const NativePixels> find_native_pixels(const CheckedDicom& dicom, const std::filesystem::path& path) {
  const std::optional<ByteRange>& bytes = dicom.structure.native_pixels;
  DcmDataset& dataset = *dicom.file->getDataset();
  if (!bytes || !says_how_pixels_lie(dataset)) return nullptr;
  ImageDescription image;
  try {
    image = describe_pixels(*dicom.file, path);
  } catch (const Error&) {
    return nullptr;  // refused, with its reason, when pixels are asked for
  }
  if (image.syntax.codec != PixelCodec::native || image.syntax.big_endian) return nullptr;
  const std::int64_t cell_bytes = image.bits_allocated / 8;
  const auto plane_bytes = static_cast<std::uint64_t>(image.pixels() * cell_bytes);
  if (static_cast<std::uint64_t>(image.frames) > bytes->count / plane_bytes) return nullptr;

  NativePixels pixels;
  pixels.file = dicom.structure.file;
  pixels.offset = bytes->offset;
  pixels.columns = image.columns;
  pixels.rows = image.rows;
  pixels.frames = image.frames;
  pixels.cell = {static_cast<int>(cell_bytes), image.bits_stored, image.high_bit, image.is_signed};
  pixels.meaning = pixel_meaning(dataset, image.is_signed);
  return std::make_shared<const NativePixels>(pixels);
}

}  // namespace voxprior
