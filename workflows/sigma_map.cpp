#include "workflows/sigma_map.h"

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "workflows/files.h"
#include "workflows/one_grid.h"

namespace voxprior {

std::vector<float> read_sigma_map(const std::filesystem::path& path, const Volume& volume, const ReadOptions& reading) {
  check_readable(path);
  Volume map = read_volume(path, reading);
  if (!on_one_grid(map.geometry, volume.geometry))
    fail(ExitCode::input, path, ": a map of sigma must lie on the grid of the volume; resample it");
  std::size_t negative = 0, zero = 0;
  float least = std::numeric_limits<float>::max();
  for (std::size_t i = 0; i < map.voxels.size(); ++i) {
    negative += map.voxels[i] < 0;
    zero += map.voxels[i] == 0 && volume.voxels[i] != 0;
    if (map.voxels[i] > 0) least = std::min(least, map.voxels[i]);
  }
  if (negative > 0) fail(ExitCode::input, path, ": holds ", negative, " negative voxels; a sigma is above 0");
  if (zero > 0) fail(ExitCode::input, path, ": is 0 at ", zero, " voxels where the volume is not; a sigma is above 0");
  for (float& sigma : map.voxels)
    if (sigma == 0) sigma = least;
  return std::move(map.voxels);
}

}  // namespace voxprior
