#include "pipeline/metrics/aligned_correlation.h"

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

std::int64_t wrapped(std::int64_t shift, std::int64_t length) { return shift < 0 ? shift + length : shift; }

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
  spectrum_ = fourier_transform(small);
}

AlignedCorrelation CorrelationImage::with(const CorrelationImage& other) const {
  Spectrum cross(spectrum_.size());
  for (std::size_t n = 0; n < cross.size(); ++n) cross[n] = spectrum_[n] * std::conj(other.spectrum_[n]);
  const Image correlations = inverse_fourier_transform(std::move(cross), size_);

  AlignedCorrelation best;
  best.correlation = correlations.voxels[0];
  const std::array<std::int64_t, 3> reach{size_[0] / kShiftShare, size_[1] / kShiftShare, size_[2] / kShiftShare};
  for (std::int64_t k = -reach[2]; k <= reach[2]; ++k)
    for (std::int64_t j = -reach[1]; j <= reach[1]; ++j)
      for (std::int64_t i = -reach[0]; i <= reach[0]; ++i) {
        const float found =
            correlations.voxels[correlations.at(wrapped(i, size_[0]), wrapped(j, size_[1]), wrapped(k, size_[2]))];
        if (found > best.correlation) best = {found, {i * factor_[0], j * factor_[1], k * factor_[2]}};
      }
  return best;
}

}  // namespace voxprior
