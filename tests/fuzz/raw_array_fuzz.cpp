// Any bytes as a .npy file or, if they begin as BART's headers do, as a pair of BART files: the header ends at the
// first 0.
#include <algorithm>

#include "io/raw/cfl.h"
#include "io/raw/npy.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
  static const voxprior::fuzz::InputFolder folder;
  const voxprior::RawLimits limits{1 << 20};
  if (count > 0 && bytes[0] == '#') {
    const auto header = static_cast<std::size_t>(std::find(bytes, bytes + count, 0) - bytes);
    folder.put("pair.hdr", bytes, header);
    const std::size_t data = std::min(count, header + 1);
    const auto path = folder.put("pair.cfl", bytes + data, count - data);
    voxprior::fuzz::read_or_refuse([&] { voxprior::read_cfl(path, limits); });
  } else {
    const auto path = folder.put("array.npy", bytes, count);
    voxprior::fuzz::read_or_refuse([&] { voxprior::read_npy(path, limits); });
  }
  return 0;
}
