#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "base/error.h"
#include "io/grid.h"
#include "io/itk/data_block.h"
#include "io/itk/image_io.h"
#include "io/itk/itk_file.h"
#include "io/stream/input_stream.h"
#include "io/voxel_reader.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

std::unique_ptr<InputStream> open_voxels(const fs::path& path, const DataBlock& block) {
  switch (block.encoding) {
    case Encoding::raw:
      return open_plain(path, block.offset);
    case Encoding::gzip:
      return open_inflated(path, Wrapper::gzip, block.offset);
    case Encoding::zlib:
      return open_inflated(path, Wrapper::zlib, block.offset);
  }
  fail(ExitCode::bug, "unknown encoding ", static_cast<int>(block.encoding));
}

/// Two readers of one header must agree, or one of them is wrong.
void check_agreement(const fs::path& path, const DataBlock& block, const itk::ImageIOBase& io) {
  bool agree = io.GetNumberOfComponents() == 1 && io.GetNumberOfDimensions() >= 3 &&
               io.GetComponentType() == component_of(block.coding.type);
  for (unsigned k = 0; agree && k < 3; ++k) agree = static_cast<std::int64_t>(io.GetDimensions(k)) == block.size[k];
  if (!agree) fail(ExitCode::input, path, ": its header is ambiguous about the size or type of the image");
}

Affine lps_affine_of(const itk::ImageIOBase& io) {
  Affine affine;
  for (unsigned row = 0; row < 3; ++row) {
    for (unsigned k = 0; k < 3; ++k) affine[4 * row + k] = io.GetDirection(k)[row] * io.GetSpacing(k);
    affine[4 * row + 3] = io.GetOrigin(row);
  }
  return affine;
}

}  // namespace

Volume read_through_itk(const fs::path& path, FileFormat format, const ReadOptions& options, bool one_slice) {
  const DataBlock block = format == FileFormat::nrrd ? check_nrrd_header(path) : check_metaimage_header(path);
  std::array<std::int64_t, 3> size = block.size;
  if (one_slice)
    for (std::int64_t& n : size) n = std::max<std::int64_t>(n, 2);  // a single slice is counted as two
  check_size(path, size, options.max_voxels);
  if (options.volume_of_4d > 0) {
    fail(ExitCode::input, path, ": has 1 volume; --volume ", options.volume_of_4d, " does not exist");
  }

  Volume volume;
  volume.notices = block.notices;
  const itk::ImageIOBase::Pointer io = make_image_io(format);
  with_itk_errors(path, ExitCode::input, ": ITK does not understand its header; save it with another tool", [&] {
    io->SetFileName(path.string());
    io->ReadImageInformation();
    check_agreement(path, block, *io);
    volume.geometry = geometry_from_affine(path, block.size, lps_affine_of(*io));
    volume.stored.metadata = metadata_of(*io);
  });
  volume.stored.format = format;
  volume.stored.type = block.coding.type;
  volume.stored.slope = block.coding.slope;
  volume.stored.intercept = block.coding.intercept;
  read_voxels(path, *open_voxels(path, block), block.coding, {}, options.nonfinite, volume);
  return volume;
}

}  // namespace voxprior
