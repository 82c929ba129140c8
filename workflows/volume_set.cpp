#include "workflows/volume_set.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "base/error.h"
#include "pipeline/intensity/normalise.h"
#include "workflows/anatomy.h"
#include "workflows/files.h"
#include "workflows/statistics.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

constexpr double kSpacingTolerance = 0.01;

std::string grid_text(const Geometry& g) {
  std::ostringstream text;
  text << g.size[0] << " x " << g.size[1] << " x " << g.size[2] << " voxels of " << g.spacing_mm[0] << " x "
       << g.spacing_mm[1] << " x " << g.spacing_mm[2] << " mm, " << orientation_code(g);
  return text.str();
}

bool alike(const Geometry& a, const Geometry& b) {
  const bool spacing =
      std::equal(a.spacing_mm.begin(), a.spacing_mm.end(), b.spacing_mm.begin(),
                 [](double x, double y) { return std::abs(x - y) <= kSpacingTolerance * std::min(x, y); });
  return a.size == b.size && spacing && orientation_code(a) == orientation_code(b);
}

IntensityMap intensity_map(const fs::path& path, const Volume& volume, bool is_ct) {
  if (is_ct) return ct_intensity_map();
  const IntensityMap map = mr_intensity_map(volume.voxels.data(), volume.voxels.size());
  if (!(map.scale > 0)) fail(ExitCode::input, path, ": has no positive voxels, so that no intensity can be compared");
  return map;
}

}  // namespace

std::vector<fs::path> volumes_in(const fs::path& folder) {
  if (!fs::is_directory(folder)) fail(ExitCode::input, folder, ": not a folder; a set of volumes is needed here");
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder))
    if (!volume_ending(entry.path()).empty()) files.push_back(entry.path());
  if (files.empty()) fail(ExitCode::input, folder, ": no volumes in this folder (.nii, .nii.gz, .nrrd, .mha)");
  std::sort(files.begin(), files.end());
  return files;
}

void ComparableVolumes::check_like_first(const fs::path& path, const Volume& volume, bool is_ct) const {
  if (!alike(volume.geometry, first_->geometry)) {
    fail(ExitCode::input, path, ": has ", grid_text(volume.geometry), ", and ", first_->path, " has ",
         grid_text(first_->geometry), "; all volumes must share one grid");
  }
  if (is_ct != first_->is_ct) {
    fail(ExitCode::input, path, ": is ", is_ct ? "CT" : "MR", ", and ", first_->path, " is ", is_ct ? "MR" : "CT",
         "; compare what belongs together");
  }
}

Volume ComparableVolumes::read(const fs::path& path) {
  check_readable(path);
  Volume volume = read_volume(path, reading_);
  const bool ct = is_ct(volume);
  if (!first_) first_ = First{path, volume.geometry, ct};
  check_like_first(path, volume, ct);
  const IntensityMap map = intensity_map(path, volume, ct);
  for (float& v : volume.voxels) v = map.forward(v);
  return volume;
}

}  // namespace voxprior
