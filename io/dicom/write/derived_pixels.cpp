#include "io/dicom/write/derived_pixels.h"

#include "base/error.h"
#include "io/dicom/pixels/frame_pixels.h"
#include "io/dicom/write/pixel_module.h"

namespace voxprior {

DerivedPixels derived_pixels(DcmFileFormat& file, const DicomStack& stack, const Volume& result,
                             const std::vector<PlanePixels>& planes) {
  DerivedPixels pixels;
  const std::int64_t plane_size = result.geometry.size[0] * result.geometry.size[1];
  for (const PlanePixels& plane : planes) {
    const DicomFrame& frame = stack.frames[plane.source];
    FramePixels decoded = decode_frame(file, frame.frame, frame.file);
    if (decoded.columns * decoded.rows != plane_size) {
      fail(ExitCode::input, frame.file, ": its size has changed since it was read; try again");
    }
    pixels.coding = pixel_coding(*file.getDataset(), decoded.bits_stored, decoded.is_signed);
    pixels.coding.slope = frame.rescale_slope;
    pixels.coding.intercept = frame.rescale_intercept;
    pixels.counts.add(requantise(
        pixels.coding, result.voxels.data() + static_cast<std::int64_t>(plane.result) * plane_size, decoded.stored));
    pixels.stored.insert(pixels.stored.end(), decoded.stored.begin(), decoded.stored.end());
  }
  return pixels;
}

}  // namespace voxprior
