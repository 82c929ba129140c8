// Any bytes as a DICOM file: parsed, then its first three frames decoded.
#include "io/dicom/pixels/frame_pixels.h"
#include "io/dicom/pixels/image_description.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
  static const voxprior::fuzz::InputFolder folder;
  const auto path = folder.put("file.dcm", bytes, count);
  voxprior::DicomLimits limits;
  limits.max_voxels = 1 << 20;
  voxprior::fuzz::read_or_refuse([&] {
    const auto file = voxprior::load_dicom(path, voxprior::PixelLoading::load, limits);
    const std::int64_t frames = voxprior::describe_image(*file, path).frames;
    for (std::int64_t frame = 0; frame < std::min<std::int64_t>(frames, 3); ++frame)
      voxprior::decode_frame(*file, frame, path);
  });
  return 0;
}
