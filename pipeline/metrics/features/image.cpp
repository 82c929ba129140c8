#include "pipeline/metrics/features/image.h"

#include <algorithm>

namespace voxprior {
namespace {

using Size = std::array<std::int64_t, 3>;

Size block_size(const Size& size, std::int64_t factor) {
  return {std::min(factor, size[0]), std::min(factor, size[1]), std::min(factor, size[2])};
}

std::int64_t shrinking_factor(const Size& size, std::int64_t longest_side) {
  const std::int64_t longest = *std::max_element(size.begin(), size.end());
  return (longest + longest_side - 1) / longest_side;
}

Size divided(const Size& size, const Size& block) {
  return {size[0] / block[0], size[1] / block[1], size[2] / block[2]};
}

}  // namespace

Image block_means(const Image& image, std::int64_t factor) {
  const Size block = block_size(image.size, factor);
  Image means;
  means.size = divided(image.size, block);
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
  const std::int64_t factor = shrinking_factor(image.size, longest_side);
  return factor <= 1 ? image : block_means(image, factor);
}

Size shrunk_size(const Size& size, std::int64_t longest_side) {
  return divided(size, block_size(size, shrinking_factor(size, longest_side)));
}

}  // namespace voxprior
