#include <algorithm>
#include <string>

#include "base/error.h"
#include "io/nifti/header.h"
#include "io/nifti/nifti_file.h"
#include "io/nifti/orientation.h"
#include "io/stream/output_stream.h"
#include "io/voxel_codec.h"
#include "io/voxel_writer.h"

namespace voxprior::nifti {
namespace {

namespace fs = std::filesystem;

// On T1w brain and head volumes level 1 is the fastest; levels 2 to 4 save 1 to 2 % for up to twice the time.
constexpr int kCompressionLevel = 1;
constexpr std::int64_t kLargestNifti1Size = 32767;

struct HeaderBytes {
  Header header;
  std::vector<unsigned char> bytes;
};

bool fits_nifti1(const Geometry& geometry) {
  return *std::max_element(geometry.size.begin(), geometry.size.end()) <= kLargestNifti1Size;
}

HeaderBytes new_header(const Volume& volume) {
  Header header;
  header.version = fits_nifti1(volume.geometry) ? 1 : 2;
  header.pixdim = {1, 1, 1, 1, 1, 1, 1, 1};
  header.vox_offset = static_cast<double>(header.byte_count() + kExtenderBytes);
  return {header, blank_bytes(header)};
}

/// The header to start from: the one that the volume was read with, unless its NIfTI-1 sizes are too small.
HeaderBytes starting_header(const fs::path& path, const Volume& volume) {
  const std::vector<unsigned char>& native = volume.stored.native_header;
  if (native.size() < kSmallestHeader) return new_header(volume);
  Header header = recognise(path, native);
  if (native.size() < header.byte_count() + kExtenderBytes) return new_header(volume);
  if (header.version == 1 && !fits_nifti1(volume.geometry)) return new_header(volume);
  load_fields(header, native);
  return {header, native};
}

bool describes_grid(const fs::path& path, const Header& header, const Geometry& geometry) {
  if (header.datatype == 0) return false;  // a new header
  std::vector<std::string> ignored;
  return same_grid(geometry_of(path, header, ignored), geometry);
}

void make_3d(Header& header) {
  const auto after_third = header.dim.begin() + 4;
  if (header.dim[0] == 3 || (header.dim[0] > 3 && std::all_of(after_third, header.dim.begin() + header.dim[0] + 1,
                                                              [](std::int64_t n) { return n == 1; }))) {
    return;
  }
  header.dim[0] = 3;
  std::fill(after_third, header.dim.end(), 1);
}

/// Sets type and intensity scale; returns the coding as the file will express it (NIfTI-1 rounds the scale to float32).
VoxelCoding store_coding(const StoredForm& stored, Header& header) {
  header.datatype = datatype_of(stored.type);
  header.bitpix = static_cast<int>(8 * bytes_per_voxel(stored.type));
  const auto as_stored = [&](double x) { return header.version == 1 ? static_cast<double>(static_cast<float>(x)) : x; };
  VoxelCoding coding{stored.type, header.order, as_stored(stored.slope), as_stored(stored.intercept)};
  const bool unscaled = coding.slope == 1 && coding.intercept == 0;
  if (!unscaled || header.scl_slope != 0) {  // a slope of 0 means "not scaled" and stays
    header.scl_slope = coding.slope;
    header.scl_inter = coding.intercept;
  }
  return coding;
}

/// Header and voxels into `stream`; `path` is for messages.
WriteReport encode(const fs::path& path, const Volume& volume, const std::string& description, OutputStream& stream) {
  HeaderBytes start = starting_header(path, volume);
  Header& header = start.header;
  if (!describes_grid(path, header, volume.geometry)) store_geometry(volume.geometry, header);
  make_3d(header);
  const VoxelCoding coding = store_coding(volume.stored, header);
  store_fields(header, start.bytes);
  if (!description.empty()) store_description(header, description, start.bytes);

  stream.write(start.bytes.data(), start.bytes.size());
  const WriteReport report = write_voxels(path, volume, coding, stream);
  stream.finish();
  return report;
}

}  // namespace

WriteReport write(const fs::path& path, const Volume& volume, const WriteOptions& options) {
  AtomicFile file(path, options.overwrite);
  const Sink into_file = [&](const void* bytes, std::size_t count) { file.write(bytes, count); };
  const auto stream = path.extension() == ".gz" ? gzip_output(into_file, kCompressionLevel) : plain_output(into_file);
  const WriteReport report = encode(path, volume, options.description, *stream);
  file.commit();
  return report;
}

std::string gzip_bytes(const Volume& volume) {
  std::string bytes;
  const auto stream =
      gzip_output([&](const void* more, std::size_t count) { bytes.append(static_cast<const char*>(more), count); },
                  kCompressionLevel);
  encode("a volume in memory", volume, "", *stream);
  return bytes;
}

}  // namespace voxprior::nifti
