#include "io/voxel_reader.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <string>
#include <vector>

#include "base/error.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kChunkVoxels = std::size_t{1} << 18;

[[noreturn]] void fail_short(const fs::path& path) {
  fail(ExitCode::input, path, ": holds fewer voxels than its header says; copy or download the file again");
}

void skip(const fs::path& path, InputStream& stream, std::uint64_t count, std::vector<unsigned char>& scratch) {
  while (count > 0) {
    const std::size_t taken = std::min<std::uint64_t>(count, scratch.size());
    if (stream.read(scratch.data(), taken) != taken) fail_short(path);
    count -= taken;
  }
}

}  // namespace

void allocate_voxels(const fs::path& path, Volume& volume) {
  try {
    volume.voxels.resize(static_cast<std::size_t>(volume.geometry.voxel_count()));
  } catch (const std::exception&) {
    fail(ExitCode::resources, path, ": not enough memory for ", volume.geometry.voxel_count(), " voxels");
  }
}

void read_voxels(const fs::path& path, InputStream& stream, const VoxelCoding& coding, VolumeInFile which,
                 Nonfinite nonfinite, Volume& volume) {
  const std::size_t width = bytes_per_voxel(coding.type);
  const std::uint64_t volume_bytes = static_cast<std::uint64_t>(volume.geometry.voxel_count()) * width;
  const std::uint64_t volumes_held = stream.at_most_left() / volume_bytes;  // by division: the product may overflow
  if (volumes_held < static_cast<std::uint64_t>(which.count)) fail_short(path);
  allocate_voxels(path, volume);

  std::vector<unsigned char> chunk(std::min(kChunkVoxels, volume.voxels.size()) * width);
  skip(path, stream, volume_bytes * static_cast<std::uint64_t>(which.index), chunk);
  DecodeCounts counts;
  for (std::size_t done = 0; done < volume.voxels.size();) {
    const std::size_t taken = std::min(kChunkVoxels, volume.voxels.size() - done);
    if (stream.read(chunk.data(), taken * width) != taken * width) fail_short(path);
    const DecodeCounts found = decode_voxels(coding, chunk.data(), taken, volume.voxels.data() + done);
    counts.nonfinite += found.nonfinite;
    counts.inexact += found.inexact;
    done += taken;
  }
  skip(path, stream, volume_bytes * static_cast<std::uint64_t>(which.count - which.index - 1), chunk);
  // Meeting the end is also what makes a compressed stream check its sum.
  if (stream.read(chunk.data(), 1) != 0) {
    fail(ExitCode::input, path, ": holds more data than its header says; the header is damaged or of another file");
  }
  settle_counts(path, counts, nonfinite, volume);
}

void settle_counts(const fs::path& path, const DecodeCounts& counts, Nonfinite nonfinite, Volume& volume) {
  if (counts.nonfinite > 0 && nonfinite == Nonfinite::refuse) {
    fail(ExitCode::input, path, ": ", counts.nonfinite,
         " voxels are NaN or infinite; repair them, or replace them by zero with --nonfinite zero");
  }
  if (counts.nonfinite > 0) {
    std::replace_if(
        volume.voxels.begin(), volume.voxels.end(), [](float v) { return !std::isfinite(v); }, 0.f);
    volume.notices.push_back(std::to_string(counts.nonfinite) + " NaN or infinite voxels were replaced by zero");
  }
  if (counts.inexact > 0) {
    volume.notices.push_back(std::to_string(counts.inexact) + " voxels stored as " + name_of(volume.stored.type) +
                             " were rounded to float32 (24 significant bits)");
  }
}

}  // namespace voxprior
