#include "io/dicom/pixels/image_description.h"

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcmetinf.h>
#include <dcmtk/dcmdata/dcxfer.h>

#include <optional>
#include <string>

#include "base/error.h"
#include "io/dicom/image_claims.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> text_of(DcmItem& item, const DcmTagKey& tag) {
  OFString value;
  if (item.findAndGetOFString(tag, value).bad()) return std::nullopt;
  return std::string(value.c_str(), value.length());
}

std::optional<int> number_of(DcmItem& item, const DcmTagKey& tag) {
  Uint16 value = 0;
  if (item.findAndGetUint16(tag, value).bad()) return std::nullopt;
  return value;
}

int required(DcmItem& item, const DcmTagKey& tag, const char* keyword, const fs::path& path) {
  const std::optional<int> value = number_of(item, tag);
  if (!value)
    fail(ExitCode::input, path, ": has no ", keyword, ", so its pixels cannot be read; export the file again");
  return *value;
}

TransferSyntax syntax_of(DcmFileFormat& file) {
  std::optional<std::string> uid = text_of(*file.getMetaInfo(), DCM_TransferSyntaxUID);
  if (!uid || uid->empty()) uid = DcmXfer(file.getDataset()->getOriginalXfer()).getXferID();
  return transfer_syntax_of(*uid);
}

void refuse_other_pixels(DcmDataset& data, const fs::path& path) {
  const bool floating = data.tagExists(DCM_FloatPixelData) || data.tagExists(DCM_DoubleFloatPixelData);
  if (floating) fail(ExitCode::input, path, ": holds floating-point pixel data, which is not supported");
  if (!data.tagExists(DCM_PixelData)) fail(ExitCode::input, path, ": has no pixel data; it is no image");
}

void refuse_colour(DcmDataset& data, const fs::path& path) {
  const int samples = number_of(data, DCM_SamplesPerPixel).value_or(1);
  const std::string interpretation = text_of(data, DCM_PhotometricInterpretation).value_or("");
  if (samples != 1)
    fail(ExitCode::input, path, ": is a colour image with ", samples, " samples per pixel, no MRI or CT");
  if (interpretation == "PALETTE COLOR")
    fail(ExitCode::input, path, ": is a colour image with a palette, no MRI or CT");
  if (interpretation != "MONOCHROME1" && interpretation != "MONOCHROME2")
    fail(ExitCode::input, path,
         ": its PhotometricInterpretation is neither MONOCHROME1 nor MONOCHROME2; it is no MRI or CT");
}

void check_bits(const ImageDescription& image, const fs::path& path) {
  if (image.bits_allocated != 8 && image.bits_allocated != 16 && image.bits_allocated != 32)
    fail(ExitCode::input, path, ": BitsAllocated is ", image.bits_allocated, "; 8, 16 and 32 are supported");
  const bool fits = image.bits_stored >= 1 && image.bits_stored <= image.bits_allocated &&
                    image.high_bit < image.bits_allocated && image.high_bit + 1 >= image.bits_stored;
  if (!fits)
    fail(ExitCode::input, path, ": BitsStored ", image.bits_stored, " and HighBit ", image.high_bit,
         " do not fit BitsAllocated ", image.bits_allocated, "; export the file again");
  if (image.syntax.big_endian && image.bits_allocated == 32)
    fail(ExitCode::input, path, ": has 32-bit pixels in big endian order, which programs write in two different ways;",
         " convert it to explicit little endian with the program that wrote it");
}

}  // namespace

ImageDescription describe_image(DcmFileFormat& file, const fs::path& path) {
  refuse_other_pixels(*file.getDataset(), path);
  return describe_pixels(file, path);
}

ImageDescription describe_pixels(DcmFileFormat& file, const fs::path& path) {
  DcmDataset& data = *file.getDataset();
  ImageDescription image;
  image.syntax = syntax_of(file);
  refuse_colour(data, path);
  if (image.syntax.codec == PixelCodec::unsupported)
    fail(ExitCode::input, path, ": its transfer syntax is ", image.syntax.name,
         ", which is not supported; convert it to another, such as Explicit VR Little Endian");

  image.rows = required(data, DCM_Rows, "Rows", path);
  image.columns = required(data, DCM_Columns, "Columns", path);
  if (image.rows == 0 || image.columns == 0) fail(ExitCode::input, path, ": has no pixels: Rows or Columns is 0");
  image.frames = parse_number_of_frames(path, text_of(data, DCM_NumberOfFrames));
  image.bits_allocated = required(data, DCM_BitsAllocated, "BitsAllocated", path);
  image.bits_stored = number_of(data, DCM_BitsStored).value_or(image.bits_allocated);
  image.high_bit = number_of(data, DCM_HighBit).value_or(image.bits_stored - 1);
  const int representation = required(data, DCM_PixelRepresentation, "PixelRepresentation", path);
  if (representation > 1)
    fail(ExitCode::input, path, ": PixelRepresentation is neither 0 nor 1; export the file again");
  image.is_signed = representation == 1;
  check_bits(image, path);
  return image;
}

}  // namespace voxprior
