#include "pipeline/noise/noise_whitener.h"

#include <algorithm>
#include <cmath>

#include "base/parallel.h"
#include "pipeline/noise/random.h"

namespace voxprior {
namespace {

constexpr double kLeastWeight = 0.2;
constexpr std::int64_t kMargin = 16;  // voxels of reflection, at least
constexpr std::uint64_t kSeed = 20260, kStream = 7;
constexpr std::size_t kLeastPlanes = 4;

/// Index of a volume of `size` voxels continued by reflection (... c b a | a b c ...).
std::int64_t reflected(std::int64_t n, std::int64_t size) {
  const std::int64_t period = 2 * size, at = ((n % period) + period) % period;
  return at < size ? at : period - 1 - at;
}

}  // namespace

NoiseWhitener::NoiseWhitener(const KspaceFilter& filter, const std::array<std::int64_t, 3>& size, int threads)
    : size_(size), padded_{}, threads_(threads) {
  for (int axis = 0; axis < 3; ++axis) {
    const auto at = static_cast<std::size_t>(axis);
    padded_[at] = fast_length(size[at] + kMargin);
    for (std::int64_t n = 0; n < padded_[at]; ++n)
      weights_[at].push_back(weight_along(filter, axis, frequency_at(n, padded_[at])));
  }
}

template <typename Weight>
void NoiseWhitener::weigh(ComplexGrid& grid, const Weight& weight) const {
  fourier_transform(grid, FourierDirection::forward, threads_);
  std::size_t at = 0;
  for (const double wk : weights_[2])
    for (const double wj : weights_[1])
      for (const double wi : weights_[0]) grid.values[at++] *= static_cast<float>(weight(wk * wj * wi));
  fourier_transform(grid, FourierDirection::backward, threads_);
}

ComplexGrid NoiseWhitener::continued(const std::vector<float>& volume) const {
  ComplexGrid grid{padded_,
                   std::vector<std::complex<float>>(static_cast<std::size_t>(padded_[0] * padded_[1] * padded_[2]))};
  // Half of the margin continues the end of an axis, the other half, behind it, its beginning.
  const auto source = [&](std::size_t axis, std::int64_t n) {
    const std::int64_t after = (padded_[axis] - size_[axis]) / 2;
    return reflected(n < size_[axis] + after ? n : n - padded_[axis], size_[axis]);
  };
  for_slabs(static_cast<std::size_t>(padded_[2]), kLeastPlanes, threads_, [&](std::size_t begin, std::size_t end) {
    for (auto k = static_cast<std::int64_t>(begin); k < static_cast<std::int64_t>(end); ++k)
      for (std::int64_t j = 0; j < padded_[1]; ++j) {
        const float* const row = volume.data() + (source(2, k) * size_[1] + source(1, j)) * size_[0];
        std::complex<float>* const out = grid.values.data() + (k * padded_[1] + j) * padded_[0];
        for (std::int64_t i = 0; i < padded_[0]; ++i) out[i] = row[source(0, i)];
      }
  });
  return grid;
}

void NoiseWhitener::keep_volume(const ComplexGrid& grid, std::vector<float>& volume) const {
  std::size_t at = 0;
  for (std::int64_t k = 0; k < size_[2]; ++k)
    for (std::int64_t j = 0; j < size_[1]; ++j) {
      const std::complex<float>* const row = grid.values.data() + (k * padded_[1] + j) * padded_[0];
      for (std::int64_t i = 0; i < size_[0]; ++i) volume[at++] = row[i].real();
    }
}

void NoiseWhitener::to_white(std::vector<float>& volume, const std::vector<float>& sigma) const {
  ComplexGrid grid = continued(volume);
  weigh(grid, [](double w) { return 1 / std::max(w, kLeastWeight); });
  keep_volume(grid, volume);

  std::vector<float> normals(grid.values.size());
  fill_gaussian(normals.data(), normals.size(), kSeed, kStream);
  for (std::size_t n = 0; n < normals.size(); ++n) grid.values[n] = normals[n];
  weigh(grid, [](double w) {
    const double kept = w / std::max(w, kLeastWeight);
    return std::sqrt(std::max(0., 1 - kept * kept));
  });
  std::vector<float> missing(volume.size());
  keep_volume(grid, missing);
  for (std::size_t n = 0; n < volume.size(); ++n) volume[n] += (sigma.size() == 1 ? sigma[0] : sigma[n]) * missing[n];
}

void NoiseWhitener::from_white(std::vector<float>& volume) const {
  ComplexGrid grid = continued(volume);
  weigh(grid, [](double w) { return w; });
  keep_volume(grid, volume);
}

}  // namespace voxprior
