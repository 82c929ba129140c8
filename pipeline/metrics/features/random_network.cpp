#include "pipeline/metrics/features/random_network.h"

#include <algorithm>
#include <cmath>

#include "base/sha256.h"
#include "pipeline/noise/random.h"

namespace voxprior {
namespace {

constexpr int kChannels[] = {1, 8, 16, 32};
constexpr int kTaps = 27;
constexpr std::int64_t kParts = 2;  // along each axis, for the last layer

/// Feature maps, channels fastest: [k][j][i][channel].
struct Maps {
  std::array<std::int64_t, 3> size;
  std::int64_t channels;
  std::vector<float> values;

  std::int64_t positions() const { return size[0] * size[1] * size[2]; }
  std::int64_t at(std::int64_t i, std::int64_t j, std::int64_t k) const {
    return ((k * size[1] + j) * size[0] + i) * channels;
  }
};

/// out[c] += sum over channels of in[channel] * weights[channel][c], for one tap.
void add_tap(const float* in, std::int64_t channels_in, const float* weights, float* out, std::int64_t channels_out) {
  for (std::int64_t a = 0; a < channels_in; ++a)
    for (std::int64_t c = 0; c < channels_out; ++c) out[c] += in[a] * weights[a * channels_out + c];
}

/// 3 x 3 x 3 convolution around every second position, zeros beyond the border, then ReLU.
Maps convolved(const Maps& in, const std::vector<float>& weights, std::int64_t channels_out) {
  Maps out{{(in.size[0] + 1) / 2, (in.size[1] + 1) / 2, (in.size[2] + 1) / 2}, channels_out, {}};
  out.values.assign(static_cast<std::size_t>(out.positions() * channels_out), 0.0f);
  for (std::int64_t k = 0; k < out.size[2]; ++k)
    for (std::int64_t j = 0; j < out.size[1]; ++j)
      for (std::int64_t i = 0; i < out.size[0]; ++i)
        for (int tap = 0; tap < kTaps; ++tap) {
          const std::int64_t a = 2 * i + tap % 3 - 1, b = 2 * j + tap / 3 % 3 - 1, c = 2 * k + tap / 9 - 1;
          if (a < 0 || b < 0 || c < 0 || a >= in.size[0] || b >= in.size[1] || c >= in.size[2]) continue;
          add_tap(in.values.data() + in.at(a, b, c), in.channels, weights.data() + tap * in.channels * channels_out,
                  out.values.data() + out.at(i, j, k), channels_out);
        }
  for (float& v : out.values) v = std::max(v, 0.0f);
  return out;
}

void append_means_and_deviations(const Maps& maps, std::vector<double>& features) {
  const auto n = static_cast<double>(maps.positions());
  for (std::int64_t c = 0; c < maps.channels; ++c) {
    double sum = 0, square = 0;
    for (std::int64_t p = 0; p < maps.positions(); ++p) {
      const double v = maps.values[p * maps.channels + c];
      sum += v;
      square += v * v;
    }
    features.push_back(sum / n);
    features.push_back(std::sqrt(std::max(0.0, square / n - sum / n * (sum / n))));
  }
}

void append_means_of_parts(const Maps& maps, std::vector<double>& features) {
  std::vector<double> sum(kParts * kParts * kParts * maps.channels), count(sum.size());
  for (std::int64_t k = 0; k < maps.size[2]; ++k)
    for (std::int64_t j = 0; j < maps.size[1]; ++j)
      for (std::int64_t i = 0; i < maps.size[0]; ++i) {
        const std::int64_t part =
            (k * kParts / maps.size[2] * kParts + j * kParts / maps.size[1]) * kParts + i * kParts / maps.size[0];
        for (std::int64_t c = 0; c < maps.channels; ++c) {
          sum[part * maps.channels + c] += maps.values[maps.at(i, j, k) + c];
          ++count[part * maps.channels + c];
        }
      }
  for (std::size_t n = 0; n < sum.size(); ++n) features.push_back(count[n] > 0 ? sum[n] / count[n] : 0);
}

}  // namespace

RandomNetwork::RandomNetwork(std::uint64_t seed) {
  for (std::size_t n = 0; n < layers_.size(); ++n) {
    Layer& layer = layers_[n];
    layer.in = kChannels[n];
    layer.out = kChannels[n + 1];
    layer.weights.resize(static_cast<std::size_t>(kTaps) * layer.in * layer.out);
    fill_gaussian(layer.weights.data(), layer.weights.size(), seed, n);
    const auto scale = static_cast<float>(std::sqrt(2.0 / (kTaps * layer.in)));
    for (float& w : layer.weights) w *= scale;
  }
}

std::vector<double> RandomNetwork::features(const Image& image) const {
  Image small = shrunk(image, kLongestSide);
  Maps maps{small.size, 1, std::move(small.voxels)};
  std::vector<double> features;
  for (std::size_t n = 0; n < layers_.size(); ++n) {
    maps = convolved(maps, layers_[n].weights, layers_[n].out);
    if (n + 1 < layers_.size())
      append_means_and_deviations(maps, features);
    else
      append_means_of_parts(maps, features);
  }
  return features;
}

std::string RandomNetwork::weights_sha256() const {
  Sha256 hash;
  for (const Layer& layer : layers_) hash.update(layer.weights.data(), layer.weights.size() * sizeof(float));
  return hash.hex();
}

}  // namespace voxprior
