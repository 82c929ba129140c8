#include "workflows/statistics.h"

#include <algorithm>
#include <iterator>

#include "pipeline/intensity/normalise.h"

namespace voxprior {

double nonzero_percentile(const std::vector<float>& voxels, double percent) {
  std::vector<float> nonzero;
  std::copy_if(voxels.begin(), voxels.end(), std::back_inserter(nonzero), [](float v) { return v != 0; });
  return nonzero.empty() ? 0 : percentile(nonzero.data(), nonzero.size(), percent);
}

bool is_constant(const std::vector<float>& voxels) {
  return std::all_of(voxels.begin(), voxels.end(), [&](float v) { return v == voxels.front(); });
}

bool looks_like_ct(const std::vector<float>& voxels) {
  const auto air = std::count_if(voxels.begin(), voxels.end(), [](float v) { return v >= -1100 && v <= -900; });
  return static_cast<double>(air) >= 0.01 * static_cast<double>(voxels.size());
}

bool is_ct(const Volume& volume) {
  return volume.modality == Modality::ct || (volume.modality == Modality::unknown && looks_like_ct(volume.voxels));
}

}  // namespace voxprior
