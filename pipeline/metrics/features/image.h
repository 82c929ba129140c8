#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace voxprior {

/// Voxels in normalised intensity (pipeline/intensity/normalise.h: MR tissue reaches 1, CT water is 1), i fastest.
struct Image {
  std::vector<float> voxels;
  std::array<std::int64_t, 3> size{0, 0, 0};

  std::int64_t at(std::int64_t i, std::int64_t j, std::int64_t k) const { return (k * size[1] + j) * size[0] + i; }
  std::int64_t count() const { return size[0] * size[1] * size[2]; }
};

/// Above this is foreground; air and zeroed background are below.
constexpr float kForeground = 0.1f;

/// Means over blocks of factor^3 voxels; what does not fill a block at the upper ends is left out. An axis shorter than
/// `factor` becomes one block.
Image block_means(const Image& image, std::int64_t factor);

/// block_means with the smallest factor for which no side exceeds `longest_side`.
Image shrunk(const Image& image, std::int64_t longest_side);

/// The size that shrunk() makes of an image of this size.
std::array<std::int64_t, 3> shrunk_size(const std::array<std::int64_t, 3>& size, std::int64_t longest_side);

}  // namespace voxprior
