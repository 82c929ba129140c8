#pragma once

#include <array>
#include <string>

#include "pipeline/metrics/features/image.h"

namespace voxprior {

/// Features from a 3D convolutional network with random weights that are the same everywhere: the standard normal
/// sequence (seed, layer), scaled as He et al. (ICCV 2015). Random networks rank generators much as trained ones do
/// (Naeem et al., ICML 2020) and carry no bias of another domain; one alone is a matter of chance, so several are used.
///
/// The volume is shrunk to at most 48 voxels a side; three layers of 3 x 3 x 3 convolution with stride 2 and ReLU make
/// 8, 16 and 32 channels. Features: mean and standard deviation of every channel of the first two layers, and the means
/// of the last one's channels over 2 x 2 x 2 parts of the volume. 304 numbers.
class RandomNetwork {
 public:
  static constexpr std::int64_t kLongestSide = 48;

  explicit RandomNetwork(std::uint64_t seed);

  /// Computed on the calling thread, in one order: the same bits on any number of threads.
  std::vector<double> features(const Image& image) const;

  /// SHA-256 of the weights: reports that name the same network agree on it.
  std::string weights_sha256() const;

 private:
  struct Layer {
    int in = 0, out = 0;
    std::vector<float> weights;  // [tap][in][out]
  };
  std::array<Layer, 3> layers_;
};

}  // namespace voxprior
