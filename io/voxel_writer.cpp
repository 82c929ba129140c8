#include "io/voxel_writer.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/error.h"

namespace voxprior {
namespace {

constexpr std::size_t kChunkVoxels = std::size_t{1} << 18;

}  // namespace

WriteReport write_voxels(const std::filesystem::path& path, const Volume& volume, const VoxelCoding& coding,
                         OutputStream& stream) {
  const std::size_t width = bytes_per_voxel(coding.type);
  std::vector<unsigned char> chunk(kChunkVoxels * width);
  EncodeCounts counts;
  for (std::size_t done = 0; done < volume.voxels.size();) {
    const std::size_t taken = std::min(kChunkVoxels, volume.voxels.size() - done);
    const EncodeCounts found = encode_voxels(coding, volume.voxels.data() + done, taken, chunk.data());
    counts.clipped += found.clipped;
    counts.nonfinite += found.nonfinite;
    stream.write(chunk.data(), taken * width);
    done += taken;
  }
  if (counts.nonfinite > 0)
    fail(ExitCode::output, path, ": not written, ", counts.nonfinite, " voxels are NaN or infinite");
  WriteReport report;
  report.clipped_voxels = counts.clipped;
  return report;
}

void check_consistent(const std::filesystem::path& path, const Volume& volume) {
  const Geometry& geometry = volume.geometry;
  const auto refuse = [&](const char* what) { fail(ExitCode::bug, path, ": not written, ", what); };
  if (*std::min_element(geometry.size.begin(), geometry.size.end()) < 1) refuse("its size is not positive");
  if (static_cast<std::int64_t>(volume.voxels.size()) != geometry.voxel_count()) refuse("voxels and size disagree");
  for (const double mm : geometry.spacing_mm) {
    if (!(mm > 0) || !std::isfinite(mm)) refuse("its spacing is not positive");
  }
  for (const double mm : geometry.origin_mm) {
    if (!std::isfinite(mm)) refuse("its origin is not finite");
  }
  for (const double cosine : geometry.lps_from_index) {
    if (!std::isfinite(cosine)) refuse("its direction is not finite");
  }
  if (!std::isfinite(volume.stored.slope) || volume.stored.slope == 0) refuse("its intensity slope is 0 or not finite");
  if (!std::isfinite(volume.stored.intercept)) refuse("its intensity intercept is not finite");
}

}  // namespace voxprior
