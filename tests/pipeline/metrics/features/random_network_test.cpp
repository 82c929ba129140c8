#include "pipeline/metrics/features/random_network.h"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>

#include "tests/pipeline/metrics/features/random_image.h"

namespace voxprior {
namespace {

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t n = 0; n < a.size(); ++n) sum += (a[n] - b[n]) * (a[n] - b[n]);
  return std::sqrt(sum);
}

TEST(RandomNetwork, OfOneSeedIsOneNetwork) {
  const Image image = test::blobs({20, 17, 13}, 1);
  EXPECT_EQ(RandomNetwork(0).features(image), RandomNetwork(0).features(image));
  EXPECT_EQ(RandomNetwork(0).features(image).size(), 304u);
  EXPECT_NE(RandomNetwork(0).weights_sha256(), RandomNetwork(1).weights_sha256());
}

TEST(RandomNetwork, HasKnownWeights) {
  // A change of these is a change of every figure that was ever reported.
  EXPECT_EQ(RandomNetwork(0).weights_sha256(), "511912d2e8589adaf3e4ed36008c42baf628a13c9c2694a93006b1070409f3d0");
}

TEST(RandomNetwork, GivesTheSameOnEveryThread) {
  const RandomNetwork network(2);
  const Image image = test::blobs({24, 24, 24}, 3);
  const std::vector<double> here = network.features(image);
  std::vector<double> there;
  std::thread([&] { there = network.features(image); }).join();
  EXPECT_EQ(here, there);
}

TEST(RandomNetwork, DoublesWithItsInput) {
  const RandomNetwork network(1);  // no bias, and ReLU: twice the intensity is twice the features
  Image image = test::blobs({16, 20, 24}, 4);
  const std::vector<double> once = network.features(image);
  for (float& v : image.voxels) v *= 2;
  const std::vector<double> twice = network.features(image);
  for (std::size_t n = 0; n < once.size(); ++n) EXPECT_NEAR(twice[n], 2 * once[n], 1e-4 * (1 + once[n]));
}

TEST(RandomNetwork, IsFartherFromAnotherImageThanFromItsNoisyCopy) {
  const RandomNetwork network(0);
  const Image image = test::blobs({32, 32, 32}, 5), other = test::blobs({32, 32, 32}, 6);
  Image noisy = image;
  const Image noise = test::noise_image({32, 32, 32}, 7, 0, 0.02f);
  for (std::size_t n = 0; n < noisy.voxels.size(); ++n) noisy.voxels[n] += noise.voxels[n];
  const auto features = network.features(image);
  EXPECT_GT(distance(features, network.features(other)), 5 * distance(features, network.features(noisy)));
}

}  // namespace
}  // namespace voxprior
