#pragma once

#include "pipeline/metrics/features/image.h"
#include "pipeline/noise/random.h"

namespace voxprior::test {

/// White noise N(mean, sd^2).
inline Image noise_image(const std::array<std::int64_t, 3>& size, std::uint64_t seed, float mean, float sd) {
  Image image{{}, size};
  image.voxels.resize(static_cast<std::size_t>(image.count()));
  fill_gaussian(image.voxels.data(), image.voxels.size(), seed, 0);
  for (float& v : image.voxels) v = mean + sd * v;
  return image;
}

inline Image constant_image(const std::array<std::int64_t, 3>& size, float value) {
  return {std::vector<float>(static_cast<std::size_t>(size[0] * size[1] * size[2]), value), size};
}

/// Smooth blobs that differ from seed to seed: white noise N(0.5, 0.2^2) on every fourth voxel, linear in between.
inline Image blobs(const std::array<std::int64_t, 3>& size, std::uint64_t seed) {
  Image image = constant_image(size, 0);
  const Image coarse = noise_image({size[0] / 4 + 2, size[1] / 4 + 2, size[2] / 4 + 2}, seed, 0.5f, 0.2f);
  for (std::int64_t k = 0; k < size[2]; ++k)
    for (std::int64_t j = 0; j < size[1]; ++j)
      for (std::int64_t i = 0; i < size[0]; ++i) {
        float& voxel = image.voxels[image.at(i, j, k)];
        for (int corner = 0; corner < 8; ++corner) {
          const std::int64_t a = corner & 1, b = corner >> 1 & 1, c = corner >> 2;
          const auto weight = [](std::int64_t at, std::int64_t upper) {
            const float part = static_cast<float>(at % 4) / 4;
            return upper ? part : 1 - part;
          };
          voxel +=
              weight(i, a) * weight(j, b) * weight(k, c) * coarse.voxels[coarse.at(i / 4 + a, j / 4 + b, k / 4 + c)];
        }
      }
  return image;
}

}  // namespace voxprior::test
