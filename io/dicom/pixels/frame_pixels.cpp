#include "io/dicom/pixels/frame_pixels.h"

#include <dcmtk/dcmdata/dcdeftag.h>

#include <algorithm>

#include "base/error.h"
#include "io/dicom/pixels/dcmtk_codecs.h"
#include "io/dicom/pixels/fragments.h"
#include "io/dicom/pixels/image_description.h"
#include "io/dicom/pixels/jpeg_2000.h"
#include "io/dicom/pixels/jpeg_header.h"
#include "io/dicom/pixels/rle.h"
#include "io/dicom/pixels/stored_values.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

/// The cells of one frame of native pixel data, without reading the others. DCMTK brings 16-bit words into host order,
/// which is little endian on every machine that we build for.
std::vector<std::uint8_t> native_cells(DcmFileFormat& file, const ImageDescription& image, std::int64_t frame,
                                       const fs::path& path) {
  DcmElement* element = nullptr;
  file.getDataset()->findAndGetElement(DCM_PixelData, element);
  const std::uint64_t bytes = static_cast<std::uint64_t>(image.pixels() * (image.bits_allocated / 8));
  const auto number = static_cast<std::uint64_t>(frame);
  if (element == nullptr || number >= element->getLength() / bytes)
    fail(ExitCode::input, path, ": its pixel data ends before frame ", frame + 1, "; the file is cut short");
  std::vector<std::uint8_t> cells(bytes);
  const OFCondition status =
      element->getPartialValue(cells.data(), static_cast<Uint32>(bytes * number), static_cast<Uint32>(bytes));
  if (status.bad())
    fail(ExitCode::input, path, ": its pixel data cannot be read (", status.text(), "); the file may have changed");
  return cells;
}

/// Samples of JPEG and JPEG-LS are unsigned and of the codestream's own precision, which need not be BitsStored.
std::vector<std::int32_t> jpeg_values(const std::vector<std::uint8_t>& codestream, const ImageDescription& image,
                                      const fs::path& path) {
  const int precision = check_jpeg_header(codestream, image, path);
  const int bytes_per_cell = precision > 8 ? 2 : 1;
  const bool fits = precision <= image.bits_allocated && image.high_bit == image.bits_stored - 1 &&
                    !(image.is_signed && precision < image.bits_stored);
  if (!fits)
    fail(ExitCode::input, path, ": its compressed data has ", precision, " bits a sample, which do not fit BitsStored ",
         image.bits_stored, " and HighBit ", image.high_bit, "; export the file again");
  const std::vector<std::uint8_t> cells =
      decode_with_dcmtk(codestream, {image.syntax.uid, image.rows, image.columns, precision, bytes_per_cell}, path);
  const int bits = std::min(image.bits_stored, precision);
  return stored_values(path, cells, {bytes_per_cell, bits, bits - 1, image.is_signed});
}

/// JPEG 2000 knows signed samples itself. Where the codestream says unsigned and the data set signed, the bits are a
/// two's complement number of the codestream's precision.
std::vector<std::int32_t> jpeg_2000_values(const std::vector<std::uint8_t>& codestream, const ImageDescription& image,
                                           const fs::path& path) {
  Jpeg2000Image decoded = decode_jpeg_2000(codestream, image.columns, image.rows, path);
  if (decoded.precision > image.bits_allocated)
    fail(ExitCode::input, path, ": its JPEG 2000 data has ", decoded.precision, " bits a sample, the header allocates ",
         image.bits_allocated, "; export the file again");
  if (decoded.is_signed && !image.is_signed)
    fail(ExitCode::input, path, ": its JPEG 2000 data is signed, the header says unsigned; export the file again");
  if (!decoded.is_signed && image.is_signed) {
    const std::int64_t sign = std::int64_t{1} << (decoded.precision - 1);
    for (std::int32_t& sample : decoded.samples) sample = static_cast<std::int32_t>((sample ^ sign) - sign);
  }
  return std::move(decoded.samples);
}

std::vector<std::int32_t> decode_values(DcmFileFormat& file, const ImageDescription& image, std::int64_t frame,
                                        const fs::path& path) {
  const PixelCell cell{image.bits_allocated / 8, image.bits_stored, image.high_bit, image.is_signed};
  if (image.syntax.codec == PixelCodec::native)
    return stored_values(path, native_cells(file, image, frame, path), cell);
  const std::vector<std::uint8_t> codestream = compressed_frame(file, image, frame, path);
  if (image.syntax.codec == PixelCodec::rle)
    return stored_values(path, decode_rle(codestream, image.pixels(), cell.bytes, path), cell);
  return image.syntax.codec == PixelCodec::jpeg_2000 ? jpeg_2000_values(codestream, image, path)
                                                     : jpeg_values(codestream, image, path);
}

}  // namespace

FramePixels decode_frame(DcmFileFormat& file, std::int64_t frame, const fs::path& for_messages) {
  const ImageDescription image = describe_image(file, for_messages);
  if (frame < 0 || frame >= image.frames)
    fail(ExitCode::bug, for_messages, ": frame ", frame, " of ", image.frames, " was asked for");
  return {image.columns, image.rows, image.bits_stored, image.is_signed,
          decode_values(file, image, frame, for_messages)};
}

}  // namespace voxprior
