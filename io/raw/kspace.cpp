#include "io/raw/kspace.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "base/error.h"
#include "io/raw/cfl.h"
#include "io/raw/ismrmrd_file.h"
#include "io/raw/npy.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

void mark_sampled(KSpace& kspace) {
  const auto positions = static_cast<std::size_t>(kspace.positions());
  kspace.sampled.assign(positions, 0);
  for (std::size_t n = 0; n < kspace.samples.size(); ++n)
    if (kspace.samples[n] != std::complex<float>(0)) kspace.sampled[n % positions] = 1;
}

}  // namespace

RawFormat raw_format_of(const fs::path& path) {
  std::string ending = path.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return std::tolower(c); });
  if (ending == ".h5" || ending == ".hdf5") return RawFormat::ismrmrd;
  if (ending == ".npy") return RawFormat::npy;
  if (ending == ".cfl" || ending == ".hdr") return RawFormat::cfl;
  fail(ExitCode::usage, path, ": unknown kind of raw data; use .h5 (ISMRMRD), .npy (numpy) or .cfl (BART)");
}

NumberArray read_array(const fs::path& path, const RawLimits& limits) {
  switch (raw_format_of(path)) {
    case RawFormat::npy:
      return read_npy(path, limits);
    case RawFormat::cfl:
      return read_cfl(path, limits);
    case RawFormat::ismrmrd:
      break;
  }
  fail(ExitCode::usage, path, ": an array is needed here; use .npy (numpy) or .cfl (BART)");
}

void write_array(const fs::path& path, const NumberArray& array, Overwrite overwrite) {
  if (raw_format_of(path) == RawFormat::cfl) {
    write_cfl(path, array, overwrite);
  } else {
    write_npy(path, array, overwrite);
  }
}

KSpace kspace_from_array(const fs::path& path, NumberArray array) {
  if (array.kind != NumberArray::Kind::complex) fail(ExitCode::input, path, ": holds real numbers; k-space is complex");
  if (array.shape.size() == 3) array.shape.insert(array.shape.begin() + 1, 1);
  if (array.shape.size() != 4) {
    fail(ExitCode::input, path, ": its shape is ", shape_text(array.shape),
         "; k-space is [coil, phase, read] for a slice or [coil, phase 2, phase 1, read] for a volume");
  }
  KSpace kspace;
  kspace.coils = array.shape[0];
  kspace.grid.size = {array.shape[3], array.shape[2], array.shape[1]};
  kspace.shown = kspace.grid.size;
  kspace.samples = std::move(array.values);
  mark_sampled(kspace);
  return kspace;
}

void refuse_without_samples(const fs::path& path, const KSpace& kspace) {
  if (kspace.coils < 1) fail(ExitCode::input, path, ": has no coil");
  const auto is_zero = [](const std::complex<float>& sample) { return sample == std::complex<float>(0); };
  const bool none = kspace.on_grid()
                        ? std::find(kspace.sampled.begin(), kspace.sampled.end(), 1) == kspace.sampled.end()
                        : std::all_of(kspace.samples.begin(), kspace.samples.end(), is_zero);
  if (none) fail(ExitCode::input, path, ": has no sample that is not 0");
}

KSpace read_kspace(const fs::path& path, const KSpaceSelection& selection, const RawLimits& limits) {
  const RawFormat format = raw_format_of(path);
  if (format != RawFormat::ismrmrd && !selection.empty())
    fail(ExitCode::usage, "--select: only ISMRMRD files hold more than one scan; see --help");
  KSpace kspace = format == RawFormat::ismrmrd ? read_ismrmrd(path, selection, limits)
                                               : kspace_from_array(path, read_array(path, limits));
  refuse_without_samples(path, kspace);
  return kspace;
}

void write_kspace(const fs::path& path, const KSpace& kspace, Overwrite overwrite) {
  if (raw_format_of(path) == RawFormat::ismrmrd) {
    write_ismrmrd(path, kspace, overwrite);
    return;
  }
  std::vector<std::int64_t> shape{kspace.coils, kspace.grid.size[2], kspace.grid.size[1], kspace.grid.size[0]};
  if (!kspace.on_grid()) {
    shape = {kspace.coils, kspace.positions() / kspace.readout_length, kspace.readout_length};
    // BART keeps its first axis for the three of the trajectory.
    if (raw_format_of(path) == RawFormat::cfl) shape.push_back(1);
  }
  write_array(path, {NumberArray::Kind::complex, shape, kspace.samples}, overwrite);
}

}  // namespace voxprior
