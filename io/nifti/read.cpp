#include <algorithm>
#include <cmath>
#include <new>

#include "base/error.h"
#include "io/grid.h"
#include "io/nifti/header.h"
#include "io/nifti/nifti_file.h"
#include "io/nifti/orientation.h"
#include "io/stream/input_stream.h"
#include "io/voxel_codec.h"
#include "io/voxel_reader.h"

namespace voxprior::nifti {
namespace {

namespace fs = std::filesystem;

constexpr double kLargestOffset = 256e6;  // header extensions beyond this are not plausible

std::unique_ptr<InputStream> open(const fs::path& path) {
  check_input_file(path);
  unsigned char start[2] = {0, 0};
  open_plain(path)->read(start, 2);
  const bool is_gzip = start[0] == 0x1f && start[1] == 0x8b, named_gzip = path.extension() == ".gz";
  if (is_gzip && !named_gzip) fail(ExitCode::input, path, ": is gzip-compressed; rename it to .nii.gz");
  if (!is_gzip && named_gzip) fail(ExitCode::input, path, ": is not gzip-compressed, whatever its name says");
  return is_gzip ? open_inflated(path, Wrapper::gzip) : open_plain(path);
}

void append(InputStream& stream, const fs::path& path, std::size_t count, std::vector<unsigned char>& bytes) {
  const std::size_t before = bytes.size();
  bytes.resize(before + count);
  if (stream.read(bytes.data() + before, count) != count) {
    fail(ExitCode::input, path, ": ends inside the header; copy or download the file again");
  }
}

void check_dimensions(const fs::path& path, const Header& header) {
  const std::int64_t count = header.dim[0];
  if (count < 1 || count > 7) fail(ExitCode::input, path, ": dim[0] is ", count, "; the header is damaged");
  for (int n = 1; n <= count; ++n) {
    if (header.dim[n] < 1) fail(ExitCode::input, path, ": dim[", n, "] is ", header.dim[n], "; the header is damaged");
  }
  if (count < 3) fail(ExitCode::input, path, ": is a ", count, "D image; a 3D volume is needed");
}

/// How many 3D volumes precede the one asked for; refuses what has no single 3D volume to give.
std::int64_t volume_index(const fs::path& path, const Header& header, int volume_of_4d) {
  for (int n = 5; n <= header.dim[0]; ++n) {
    if (header.dim[n] > 1) {
      fail(ExitCode::input, path, ": is a ", n,
           "D image (vectors, tensors or several series); a scalar 3D volume is needed");
    }
  }
  const std::int64_t volumes = header.dim[0] >= 4 ? header.dim[4] : 1;
  if (volumes > 1 && volume_of_4d < 0) {
    fail(ExitCode::input, path, ": is a 4D image of ", volumes, " volumes; choose one with --volume 0 to ",
         volumes - 1);
  }
  if (volume_of_4d >= volumes) {
    fail(ExitCode::input, path, ": has ", volumes, " volumes; --volume ", volume_of_4d, " does not exist");
  }
  return std::max(volume_of_4d, 0);
}

VoxelCoding coding_of(const fs::path& path, const Header& header) {
  VoxelCoding coding;
  coding.type = voxel_type_of(path, header);
  coding.order = header.order;
  const auto bits = static_cast<int>(8 * bytes_per_voxel(coding.type));
  if (header.bitpix != bits) {
    fail(ExitCode::input, path, ": says ", name_of(coding.type), " but ", header.bitpix,
         " bits a voxel (bitpix); the header is damaged");
  }
  if (header.scl_slope == 0) return coding;  // "not scaled", says the standard
  if (!std::isfinite(header.scl_slope) || !std::isfinite(header.scl_inter)) {
    fail(ExitCode::input, path, ": intensity scale is NaN or infinite (scl_slope ", header.scl_slope, ", scl_inter ",
         header.scl_inter, "); set it to 1 and 0 if the voxels are right as stored");
  }
  coding.slope = header.scl_slope;
  coding.intercept = header.scl_inter;
  return coding;
}

void check_offset(const fs::path& path, const Header& header) {
  const auto least = static_cast<double>(header.byte_count() + kExtenderBytes);
  const double offset = header.vox_offset;
  if (!(offset >= least) || offset > kLargestOffset || offset != std::floor(offset)) {
    fail(ExitCode::input, path, ": voxels cannot start at byte ", offset, " (vox_offset; at least ", least,
         "); the header is damaged");
  }
}

/// The header with its checked dimensions; `bytes` becomes what was read.
Header read_header(InputStream& stream, const fs::path& path, std::vector<unsigned char>& bytes) {
  append(stream, path, kSmallestHeader, bytes);
  Header header = recognise(path, bytes);
  append(stream, path, header.byte_count() + kExtenderBytes - bytes.size(), bytes);
  load_fields(header, bytes);
  check_dimensions(path, header);
  return header;
}

std::int64_t fourth_axis(const Header& header) { return header.dim[0] >= 4 ? header.dim[4] : 1; }

}  // namespace

std::int64_t count_volumes(const fs::path& path) {
  std::vector<unsigned char> bytes;
  return fourth_axis(read_header(*open(path), path, bytes));
}

Volume read(const fs::path& path, const ReadOptions& options, bool one_slice) {
  const std::unique_ptr<InputStream> stream = open(path);
  std::vector<unsigned char> bytes;
  const Header header = read_header(*stream, path, bytes);
  const VoxelCoding coding = coding_of(path, header);
  check_offset(path, header);
  const std::int64_t thinnest = one_slice ? 2 : 1;  // a single slice is then counted as two
  check_size(path,
             {std::max(thinnest, header.dim[1]), std::max(thinnest, header.dim[2]), std::max(thinnest, header.dim[3])},
             options.max_voxels);
  const std::int64_t index = volume_index(path, header, options.volume_of_4d);

  Volume volume;
  volume.geometry = geometry_of(path, header, volume.notices);
  append(*stream, path, static_cast<std::size_t>(header.vox_offset) - bytes.size(), bytes);
  volume.stored.format = FileFormat::nifti;
  volume.stored.type = coding.type;
  volume.stored.slope = coding.slope;
  volume.stored.intercept = coding.intercept;
  volume.stored.native_header = std::move(bytes);

  read_voxels(path, *stream, coding, {index, fourth_axis(header)}, options.nonfinite, volume);
  return volume;
}

}  // namespace voxprior::nifti
