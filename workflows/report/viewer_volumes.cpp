#include "workflows/report/viewer_volumes.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/error.h"
#include "io/volume_bytes.h"
#include "workflows/report/html.h"

namespace voxprior {
namespace {

constexpr std::int64_t kMargin = 4;            // voxels around the object
constexpr double kObjectShareOfPlane = 0.002;  // of a plane's voxels above the threshold, for it to hold the object
constexpr double kBrighterThanWhite = 1.5;     // values that the brightness of the viewer can still bring out
constexpr int kTries = 12;

using Ijk = std::array<std::int64_t, 3>;

std::size_t offset_in(const Geometry& grid, const Ijk& v) {
  return static_cast<std::size_t>((v[2] * grid.size[1] + v[1]) * grid.size[0] + v[0]);
}

template <typename Visit>
void for_voxels(const Ijk& size, const Visit& visit) {
  Ijk v{};
  for (v[2] = 0; v[2] < size[2]; ++v[2])
    for (v[1] = 0; v[1] < size[1]; ++v[1])
      for (v[0] = 0; v[0] < size[0]; ++v[0]) visit(v);
}

/// The range of values that 8 bits are spent on. The middle of a diverging range is one of its levels.
struct Levels {
  double low, high;
  int highest;
  double slope() const { return (high - low) / highest; }
};

Levels levels_of(const ShownVolume& shown) {
  if (shown.colours == Colours::diverging) return {shown.low, shown.high, 254};
  return {shown.low, shown.low + kBrighterThanWhite * (shown.high - shown.low), 255};
}

Volume eight_bit(Volume volume, const Levels& levels) {
  for (float& v : volume.voxels) {
    const double level = std::round((v - levels.low) / levels.slope());
    v = static_cast<float>(levels.low + levels.slope() * std::clamp(level, 0., static_cast<double>(levels.highest)));
  }
  volume.stored = {};
  volume.stored.type = VoxelType::uint8;
  volume.stored.slope = levels.slope();
  volume.stored.intercept = levels.low;
  return volume;
}

nlohmann::ordered_json entry_of(const ShownVolume& shown, const Volume& copy) {
  return {{"role", shown.role},
          {"title", shown.title},
          {"base64", base64(nifti_gzip_bytes(copy))},
          {"colours", name_of(shown.colours)},
          {"low", shown.low},
          {"high", shown.high}};
}

nlohmann::ordered_json palettes() {
  nlohmann::ordered_json all;
  for (const Colours colours : {Colours::diverging, Colours::heat}) all[name_of(colours)] = niivue_palette(colours);
  return all;
}

std::size_t bytes_of(const nlohmann::ordered_json& entries) {
  std::size_t bytes = 0;
  for (const auto& entry : entries) bytes += entry["base64"].get_ref<const std::string&>().size();
  return bytes;
}

std::string in_words(const Volume& copy, const Volume& whole) {
  const auto& mm = copy.geometry.spacing_mm;
  char text[160];
  std::snprintf(text, sizeof text, "copies of 8 bits, cut to the object, %s %.2f x %.2f x %.2f mm",
                mm == whole.geometry.spacing_mm ? "every voxel," : "the voxels nearest to a grid of", mm[0], mm[1],
                mm[2]);
  return text;
}

}  // namespace

VoxelBox box_around(const Volume& volume, double threshold) {
  const Ijk& size = volume.geometry.size;
  std::array<std::vector<std::int64_t>, 3> above;
  for (std::size_t a = 0; a < 3; ++a) above[a].assign(static_cast<std::size_t>(size[a]), 0);
  for_voxels(size, [&](const Ijk& v) {
    if (volume.voxels[offset_in(volume.geometry, v)] <= threshold) return;
    for (std::size_t a = 0; a < 3; ++a) ++above[a][static_cast<std::size_t>(v[a])];
  });

  VoxelBox box{{0, 0, 0}, size};
  for (std::size_t a = 0; a < 3; ++a) {
    const double plane = static_cast<double>(volume.geometry.voxel_count()) / static_cast<double>(size[a]);
    const auto seen = [&](std::int64_t n) { return static_cast<double>(n) > kObjectShareOfPlane * plane; };
    const auto first = std::find_if(above[a].begin(), above[a].end(), seen);
    const auto last = std::find_if(above[a].rbegin(), above[a].rend(), seen);
    if (first == above[a].end()) return {{0, 0, 0}, size};
    box.first[a] = std::max<std::int64_t>(0, first - above[a].begin() - kMargin);
    const std::int64_t end = std::min(size[a], size[a] - (last - above[a].rbegin()) + kMargin);
    box.size[a] = end - box.first[a];
  }
  return box;
}

Volume picked(const Volume& volume, const VoxelBox& box, double spacing_mm) {
  const Geometry& from = volume.geometry;
  Volume copy;
  copy.modality = volume.modality;
  Geometry& to = copy.geometry;
  to = from;
  std::array<double, 3> stride{};
  for (std::size_t a = 0; a < 3; ++a) {
    const double extent_mm = static_cast<double>(box.size[a]) * from.spacing_mm[a];
    const double wanted_mm = std::max(from.spacing_mm[a], spacing_mm);
    to.size[a] = std::clamp<std::int64_t>(std::llround(extent_mm / wanted_mm), 1, box.size[a]);
    stride[a] = static_cast<double>(box.size[a]) / static_cast<double>(to.size[a]);
    to.spacing_mm[a] = from.spacing_mm[a] * stride[a];
    const double first_centre = static_cast<double>(box.first[a]) + stride[a] / 2 - 0.5;
    for (std::size_t row = 0; row < 3; ++row)
      to.origin_mm[row] += from.lps_from_index[3 * row + a] * from.spacing_mm[a] * first_centre;
  }
  copy.voxels.reserve(static_cast<std::size_t>(to.voxel_count()));
  for_voxels(to.size, [&](const Ijk& v) {
    Ijk source{};
    for (std::size_t a = 0; a < 3; ++a)
      source[a] = box.first[a] + static_cast<std::int64_t>((static_cast<double>(v[a]) + 0.5) * stride[a]);
    copy.voxels.push_back(volume.voxels[offset_in(from, source)]);
  });
  return copy;
}

ViewerVolumes small_copies(const std::vector<ShownVolume>& volumes, std::size_t most_bytes) {
  const ShownVolume& after = volumes.at(1);
  const VoxelBox box = box_around(after.volume, after.low + 0.05 * (after.high - after.low));
  const auto& mm = after.volume.geometry.spacing_mm;
  const double box_mm3 = static_cast<double>(box.size[0] * box.size[1] * box.size[2]) * mm[0] * mm[1] * mm[2];
  const auto most = static_cast<double>(most_bytes);

  // No voxel takes less than an eighth of a byte: larger copies need not be tried.
  double spacing_mm = std::cbrt(box_mm3 * static_cast<double>(volumes.size()) / (8 * most));
  for (int n = 0; n < kTries; ++n) {
    ViewerVolumes result;
    result.json["volumes"] = nlohmann::ordered_json::array();
    for (const ShownVolume& shown : volumes) {
      const Volume copy = picked(shown.volume, box, spacing_mm);
      result.made = in_words(copy, shown.volume);
      result.json["volumes"].push_back(entry_of(shown, eight_bit(copy, levels_of(shown))));
    }
    const auto bytes = static_cast<double>(bytes_of(result.json["volumes"]));
    if (bytes <= most) {
      result.json["palettes"] = palettes();
      return result;
    }
    const double finest_mm = std::max(spacing_mm, *std::min_element(mm.begin(), mm.end()));
    spacing_mm = 1.03 * finest_mm * std::cbrt(bytes / most);
  }
  fail(ExitCode::bug, "no copy of the volumes is small enough for the page");
}

ViewerVolumes full_copies(const std::vector<ShownVolume>& volumes) {
  ViewerVolumes result;
  result.json["volumes"] = nlohmann::ordered_json::array();
  for (const ShownVolume& shown : volumes) result.json["volumes"].push_back(entry_of(shown, shown.volume));
  result.json["palettes"] = palettes();
  result.made = "the volumes in full, as they are stored";
  return result;
}

}  // namespace voxprior
