#include "pipeline/metrics/features/wavelet_statistics.h"

#include <algorithm>
#include <cmath>

namespace voxprior {
namespace {

constexpr int kBands = 8;
constexpr double kSilence = 1e-6;  // of the normalised intensity

struct BandSums {
  double absolute = 0, squared = 0;
};

/// The Haar coefficients of a 2 x 2 x 2 block, in place: bit a of the band number is set where axis a is high-pass.
void haar_block(float (&block)[kBands]) {
  for (int axis = 1; axis < kBands; axis *= 2)
    for (int b = 0; b < kBands; ++b) {
      if (b & axis) continue;
      const float low = block[b], high = block[b + axis];
      block[b] = (low + high) * static_cast<float>(M_SQRT1_2);
      block[b + axis] = (low - high) * static_cast<float>(M_SQRT1_2);
    }
}

/// Sums over the detail bands; returns the low band. Odd sides lose their last voxel.
Image one_level(const Image& image, BandSums (&sums)[kBands]) {
  Image low{{}, {image.size[0] / 2, image.size[1] / 2, image.size[2] / 2}};
  low.voxels.resize(static_cast<std::size_t>(low.count()));
  for (std::int64_t k = 0; k < low.size[2]; ++k)
    for (std::int64_t j = 0; j < low.size[1]; ++j)
      for (std::int64_t i = 0; i < low.size[0]; ++i) {
        float block[kBands];
        for (int b = 0; b < kBands; ++b)
          block[b] = image.voxels[image.at(2 * i + (b & 1), 2 * j + (b >> 1 & 1), 2 * k + (b >> 2))];
        haar_block(block);
        low.voxels[low.at(i, j, k)] = block[0];
        for (int b = 1; b < kBands; ++b) {
          sums[b].absolute += std::abs(block[b]);
          sums[b].squared += static_cast<double>(block[b]) * block[b];
        }
      }
  return low;
}

}  // namespace

std::vector<double> wavelet_statistics(const Image& image) {
  std::vector<double> statistics;
  Image current = image;
  for (int level = 0; level < kWaveletLevels; ++level) {
    BandSums sums[kBands];
    if (*std::min_element(current.size.begin(), current.size.end()) >= 2) current = one_level(current, sums);
    const auto count = static_cast<double>(std::max<std::int64_t>(current.count(), 1));
    for (int b = 1; b < kBands; ++b) {
      const double rms = std::sqrt(sums[b].squared / count), mean = sums[b].absolute / count;
      statistics.push_back(std::log10(std::max(rms, kSilence)));
      statistics.push_back(rms > kSilence ? std::log10(rms / mean) : 0);
    }
  }
  return statistics;
}

}  // namespace voxprior
