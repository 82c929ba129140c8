#include "pipeline/intensity/normalise.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "pipeline/intensity/otsu.h"

namespace voxprior {
double foreground_scale(const float* voxels, std::size_t n) {
  std::vector<float> positive;
  std::copy_if(voxels, voxels + n, std::back_inserter(positive), [](float v) { return v > 0; });
  if (positive.empty()) return 0;
  const double threshold = otsu_threshold(positive.data(), positive.size());
  std::vector<float> foreground;
  std::copy_if(positive.begin(), positive.end(), std::back_inserter(foreground),
               [threshold](float v) { return v >= threshold; });
  if (foreground.empty()) return percentile(positive.data(), positive.size(), 99.5);
  return percentile(foreground.data(), foreground.size(), 99.5);
}

}  // namespace voxprior
