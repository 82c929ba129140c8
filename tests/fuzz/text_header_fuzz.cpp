// Any bytes as NRRD or as MetaImage: our checks of the header and, if they let it pass, ITK's reading of it.
#include "io/itk/itk_file.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
  static const voxprior::fuzz::InputFolder folder;
  const bool nrrd = count >= 4 && bytes[0] == 'N' && bytes[1] == 'R' && bytes[2] == 'R' && bytes[3] == 'D';
  const auto path = folder.put(nrrd ? "volume.nrrd" : "volume.mha", bytes, count);
  voxprior::ReadOptions options;
  options.max_voxels = 1 << 20;
  voxprior::fuzz::read_or_refuse([&] {
    voxprior::read_through_itk(path, nrrd ? voxprior::FileFormat::nrrd : voxprior::FileFormat::metaimage, options);
  });
  return 0;
}
