#include "pipeline/metrics/texture_match.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "pipeline/noise/random.h"

namespace voxprior {
namespace {

Image noise(double std, std::uint64_t seed = 1) {
  Image image{std::vector<float>(24 * 20 * 22), {24, 20, 22}};
  fill_gaussian(image.voxels.data(), image.voxels.size(), seed, 0);
  for (float& v : image.voxels) v = static_cast<float>(v * std);
  return image;
}

std::vector<std::uint8_t> everywhere(const Image& image) { return std::vector<std::uint8_t>(image.voxels.size(), 1); }

TEST(TextureMatch, OfAVolumeWithItselfIsPerfect) {
  const Image image = noise(0.3);
  const TextureMatch match = texture_match(image, image, everywhere(image));
  EXPECT_EQ(match.spectrum_db, 0);
  EXPECT_EQ(match.fine_power_db, 0);
  EXPECT_EQ(match.gradients, 0);
}

// Half the contrast is a quarter of the power, 6.02 dB, at every frequency, and half of every gradient.
TEST(TextureMatch, HalfTheContrastIsMinusSixDecibelsAndHalfTheGradients) {
  const Image image = noise(0.3), half = noise(0.15);
  const TextureMatch match = texture_match(image, half, everywhere(image));
  EXPECT_NEAR(match.spectrum_db, 20 * std::log10(2), 1e-4);
  EXPECT_NEAR(match.fine_power_db, -20 * std::log10(2), 1e-4);
  EXPECT_NEAR(match.gradients, 0.5, 1e-5);
}

TEST(TextureMatch, AnotherVolumeOfTheSameTextureMatchesThoughNoVoxelIsRight) {
  const Image image = noise(0.3, 1), other = noise(0.3, 2);
  const TextureMatch match = texture_match(image, other, everywhere(image));
  EXPECT_LT(std::abs(match.fine_power_db), 0.5);
  EXPECT_LT(match.gradients, 0.05);
}

TEST(TextureMatch, WhatIsOutsideTheMaskDoesNotCount) {
  const Image image = noise(0.3);
  Image other = image;
  std::vector<std::uint8_t> mask = everywhere(image);
  for (std::size_t n = 0; n < mask.size() / 3; ++n) {
    mask[n] = 0;
    other.voxels[n] += 5;
  }
  const TextureMatch match = texture_match(image, other, mask);
  EXPECT_EQ(match.spectrum_db, 0);
  EXPECT_EQ(match.gradients, 0);
}

TEST(TextureMatch, NeedsAMaskAndAReferenceThatIsNotFlat) {
  const Image image = noise(0.3);
  EXPECT_THROW(texture_match(image, image, std::vector<std::uint8_t>(image.voxels.size(), 0)), Error);
  const Image flat{std::vector<float>(image.voxels.size(), 1.f), image.size};
  EXPECT_THROW(texture_match(flat, image, everywhere(image)), Error);
}

}  // namespace
}  // namespace voxprior
