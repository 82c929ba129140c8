#include "pipeline/metrics/features/fourier.h"

#include <unsupported/Eigen/FFT>

namespace voxprior {

Spectrum fourier_transform(const Image& image) {
  Spectrum data(image.voxels.begin(), image.voxels.end());
  Eigen::FFT<float> fft;
  for (int axis = 0; axis < 3; ++axis) {
    const std::int64_t length = image.size[axis];
    const std::int64_t stride = axis == 0 ? 1 : axis == 1 ? image.size[0] : image.size[0] * image.size[1];
    Spectrum line(static_cast<std::size_t>(length)), changed(line.size());
    const auto count = static_cast<std::int64_t>(data.size()) / length;
    for (std::int64_t n = 0; n < count; ++n) {
      std::complex<float>* first = data.data() + n / stride * stride * length + n % stride;
      for (std::int64_t i = 0; i < length; ++i) line[i] = first[i * stride];
      fft.fwd(changed.data(), line.data(), static_cast<Eigen::Index>(length));
      for (std::int64_t i = 0; i < length; ++i) first[i * stride] = changed[i];
    }
  }
  return data;
}

}  // namespace voxprior
