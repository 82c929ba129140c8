#include "pipeline/metrics/features/image.h"

#include <algorithm>

namespace voxprior {

Image block_means(const Image& image, std::int64_t factor) {
  Image means;
  std::array<std::int64_t, 3> block;
  for (int a = 0; a < 3; ++a) {
    block[a] = std::min(factor, image.size[a]);
    means.size[a] = image.size[a] / block[a];
  }
  means.voxels.assign(static_cast<std::size_t>(means.count()), 0.0f);
  for (std::int64_t k = 0; k < means.size[2] * block[2]; ++k)
    for (std::int64_t j = 0; j < means.size[1] * block[1]; ++j)
      for (std::int64_t i = 0; i < means.size[0] * block[0]; ++i)
        means.voxels[means.at(i / block[0], j / block[1], k / block[2])] += image.voxels[image.at(i, j, k)];
  const auto share = 1.0f / static_cast<float>(block[0] * block[1] * block[2]);
  for (float& v : means.voxels) v *= share;
  return means;
}

Image shrunk(const Image& image, std::int64_t longest_side) {
  const std::int64_t longest = *std::max_element(image.size.begin(), image.size.end());
  const std::int64_t factor = (longest + longest_side - 1) / longest_side;
  return factor <= 1 ? image : block_means(image, factor);
}

}  // namespace voxprior
