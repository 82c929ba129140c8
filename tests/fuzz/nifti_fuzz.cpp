// Any bytes as .nii or, if they begin as gzip does, as .nii.gz.
#include "io/nifti/nifti_file.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
  static const voxprior::fuzz::InputFolder folder;
  const bool gzip = count >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
  const auto path = folder.put(gzip ? "volume.nii.gz" : "volume.nii", bytes, count);
  voxprior::ReadOptions options;
  options.max_voxels = 1 << 20;
  voxprior::fuzz::read_or_refuse([&] { voxprior::nifti::read(path, options); });
  return 0;
}
