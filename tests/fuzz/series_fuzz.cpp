// Any bytes as a file beside two good slices: grouped into series and stacks, every stack read.
#include "io/dicom/find_series.h"
#include "io/dicom/read_volume.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

/// A folder that holds two neighbouring slices of a CT series.
const voxprior::fuzz::InputFolder& folder_with_slices() {
  static const voxprior::fuzz::InputFolder folder;
  static const bool filled = [] {
    for (const char* name : {"CT5N_2062.dcm", "CT5N_2392.dcm"})
      std::filesystem::copy_file(std::filesystem::path(VOXPRIOR_TESTDATA) / "dicom/pydicom" / name,
                                 folder.path() / name);
    return true;
  }();
  static_cast<void>(filled);
  return folder;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
  const voxprior::fuzz::InputFolder& folder = folder_with_slices();
  folder.put("file.dcm", bytes, count);
  voxprior::DicomReadOptions options;
  options.limits.max_voxels = 1 << 20;
  options.allow_gaps = true;
  options.threads = 1;
  voxprior::fuzz::read_or_refuse([&] {
    for (const voxprior::DicomSeries& series : voxprior::find_dicom_series({folder.path()}, options.limits))
      for (std::size_t stack = 0; stack < series.stacks.size(); ++stack)
        voxprior::fuzz::read_or_refuse([&] { voxprior::read_dicom_volume(series, stack, options); });
  });
  return 0;
}
