#include "pipeline/metrics/aligned_correlation.h"

#include <Eigen/Core>
#include <cmath>

namespace voxprior {
namespace {

constexpr std::int64_t kLongestSide = 48;
constexpr std::int64_t kShiftShare = 8;  // shifts reach to an eighth of a side

/// Mean 0 and length 1; a constant image becomes 0.
Image normalised(Image image) {
  double sum = 0, square = 0;
  for (const float v : image.voxels) sum += v;
  const auto mean = static_cast<float>(sum / static_cast<double>(image.voxels.size()));
  for (float& v : image.voxels) {
    v -= mean;
    square += static_cast<double>(v) * v;
  }
  const auto scale = square > 0 ? static_cast<float>(1 / std::sqrt(square)) : 0.0f;
  for (float& v : image.voxels) v *= scale;
  return image;
}

std::int64_t reach_of(std::int64_t length) { return length / kShiftShare; }
std::int64_t shifts_of(std::int64_t length) { return 2 * reach_of(length) + 1; }
std::int64_t half_of(std::int64_t length) { return length / 2 + 1; }

/// exp(2 pi i f s / length) / length for the shifts s within reach.
Spectrum waves(std::int64_t length) {
  Spectrum all;
  for (std::int64_t shift = -reach_of(length); shift <= reach_of(length); ++shift)
    for (std::int64_t f = 0; f < length; ++f)
      all.emplace_back(std::polar(1 / static_cast<double>(length),
                                  2 * std::acos(-1.) * static_cast<double>(f * shift) / static_cast<double>(length)));
  return all;
}

/// Of the frequencies to half the length: those in between stand for their conjugates, too.
Spectrum half_waves(std::int64_t length) {
  const Spectrum all = waves(length);
  Spectrum half;
  for (std::int64_t shift = 0; shift < shifts_of(length); ++shift)
    for (std::int64_t f = 0; f < half_of(length); ++f)
      half.push_back(all[shift * length + f] * (f == 0 || 2 * f == length ? 1.f : 2.f));
  return half;
}

Spectrum half_spectrum(const Image& image) {
  const Spectrum all = fourier_transform(image);
  Spectrum half;
  for (std::int64_t line = 0; line < image.size[1] * image.size[2]; ++line) {
    const auto first = all.begin() + line * image.size[0];
    half.insert(half.end(), first, first + half_of(image.size[0]));
  }
  return half;
}

using Complexes = Eigen::Map<const Eigen::MatrixXcf>;

}  // namespace

Image mirrored(const Image& image, int axis) {
  Image result = image;
  for (std::int64_t k = 0; k < image.size[2]; ++k)
    for (std::int64_t j = 0; j < image.size[1]; ++j)
      for (std::int64_t i = 0; i < image.size[0]; ++i) {
        std::array<std::int64_t, 3> from{i, j, k};
        from[axis] = image.size[axis] - 1 - from[axis];
        result.voxels[image.at(i, j, k)] = image.voxels[image.at(from[0], from[1], from[2])];
      }
  return result;
}

CorrelationImage::CorrelationImage(const Image& image) {
  const Image small = normalised(shrunk(image, kLongestSide));
  size_ = small.size;
  for (int a = 0; a < 3; ++a) factor_[a] = image.size[a] / small.size[a];
  spectrum_ = half_spectrum(small);
  waves_ = {half_waves(size_[0]), waves(size_[1]), waves(size_[2])};
}

AlignedCorrelation CorrelationImage::with(const CorrelationImage& other) const {
  const std::int64_t half = half_of(size_[0]), lines = half * size_[1];
  const std::array<std::int64_t, 3> shifts{shifts_of(size_[0]), shifts_of(size_[1]), shifts_of(size_[2])};
  const Complexes mine(spectrum_.data(), lines, size_[2]), theirs(other.spectrum_.data(), lines, size_[2]);
  const Complexes waves_i(waves_[0].data(), half, shifts[0]), waves_j(waves_[1].data(), size_[1], shifts[1]),
      waves_k(waves_[2].data(), size_[2], shifts[2]);

  const Eigen::MatrixXcf planes = mine.cwiseProduct(theirs.conjugate()) * waves_k;
  Image correlations{{}, shifts};
  for (std::int64_t k = 0; k < shifts[2]; ++k) {
    const Eigen::MatrixXcf plane = Complexes(planes.col(k).data(), half, size_[1]) * waves_j;
    const Eigen::MatrixXf found = (waves_i.transpose() * plane).real();
    correlations.voxels.insert(correlations.voxels.end(), found.data(), found.data() + found.size());
  }

  const std::array<std::int64_t, 3> reach{reach_of(size_[0]), reach_of(size_[1]), reach_of(size_[2])};
  AlignedCorrelation best;
  best.correlation = correlations.voxels[correlations.at(reach[0], reach[1], reach[2])];
  for (std::int64_t k = 0; k < shifts[2]; ++k)
    for (std::int64_t j = 0; j < shifts[1]; ++j)
      for (std::int64_t i = 0; i < shifts[0]; ++i) {
        const float found = correlations.voxels[correlations.at(i, j, k)];
        if (found <= best.correlation) continue;
        best.correlation = found;
        best.shift = {(i - reach[0]) * factor_[0], (j - reach[1]) * factor_[1], (k - reach[2]) * factor_[2]};
      }
  return best;
}

}  // namespace voxprior
