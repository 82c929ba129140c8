#include "pipeline/metrics/features/fourier.h"

#include <unsupported/Eigen/FFT>

namespace voxprior {
namespace {

enum class Direction { forward, backward };

/// Transforms every line along each axis in place; backward divides by the length of the line.
void transform(Spectrum& data, const std::array<std::int64_t, 3>& size, Direction direction) {
  Eigen::FFT<float> fft;
  for (int axis = 0; axis < 3; ++axis) {
    const std::int64_t length = size[axis];
    const std::int64_t stride = axis == 0 ? 1 : axis == 1 ? size[0] : size[0] * size[1];
    Spectrum line(static_cast<std::size_t>(length)), changed(line.size());
    const auto count = static_cast<std::int64_t>(data.size()) / length;
    for (std::int64_t n = 0; n < count; ++n) {
      std::complex<float>* first = data.data() + n / stride * stride * length + n % stride;
      for (std::int64_t i = 0; i < length; ++i) line[i] = first[i * stride];
      if (direction == Direction::forward)
        fft.fwd(changed.data(), line.data(), static_cast<Eigen::Index>(length));
      else
        fft.inv(changed.data(), line.data(), static_cast<Eigen::Index>(length));
      for (std::int64_t i = 0; i < length; ++i) first[i * stride] = changed[i];
    }
  }
}

}  // namespace

Spectrum fourier_transform(const Image& image) {
  Spectrum spectrum(image.voxels.begin(), image.voxels.end());
  transform(spectrum, image.size, Direction::forward);
  return spectrum;
}

Image inverse_fourier_transform(Spectrum spectrum, const std::array<std::int64_t, 3>& size) {
  transform(spectrum, size, Direction::backward);
  Image image{std::vector<float>(spectrum.size()), size};
  for (std::size_t i = 0; i < spectrum.size(); ++i) image.voxels[i] = spectrum[i].real();
  return image;
}

}  // namespace voxprior
