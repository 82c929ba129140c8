#include "pipeline/noise/filtered_scan.h"

#include <cmath>

#include "base/error.h"
#include "base/parallel.h"
#include "pipeline/noise/random.h"

namespace voxprior {
namespace {

constexpr std::size_t kLeastRows = 256;

/// A volume and the field of view around it.
struct FieldOfView {
  explicit FieldOfView(const std::array<std::int64_t, 3>& volume) : size(volume) {
    for (std::size_t axis = 0; axis < 3; ++axis) padded[axis] = fast_length(volume[axis]);
  }
  std::array<std::int64_t, 3> size, padded;

  /// Calls visit(voxel of the volume, voxel of the field of view, how many) for the beginning of each row along i.
  template <typename Visit>
  void for_rows(int threads, const Visit& visit) const {
    for_slabs(static_cast<std::size_t>(size[1] * size[2]), kLeastRows, threads,
              [&](std::size_t begin, std::size_t end) {
                for (auto row = static_cast<std::int64_t>(begin); row < static_cast<std::int64_t>(end); ++row) {
                  const std::int64_t j = row % size[1], k = row / size[1];
                  visit(static_cast<std::size_t>(row * size[0]),
                        static_cast<std::size_t>((k * padded[1] + j) * padded[0]), static_cast<std::size_t>(size[0]));
                }
              });
  }
  ComplexGrid empty() const {
    return {padded, std::vector<std::complex<float>>(static_cast<std::size_t>(padded[0] * padded[1] * padded[2]))};
  }
};

void filter_in_place(ComplexGrid& image, const FilteredScanRequest& request) {
  fourier_transform(image, FourierDirection::forward, request.threads);
  apply(request.filter, image);
  fourier_transform(image, FourierDirection::backward, request.threads);
}

ComplexGrid signal_of(const std::vector<float>& clean, const FieldOfView& view, const FilteredScanRequest& request) {
  ComplexGrid image = view.empty();
  view.for_rows(request.threads, [&](std::size_t voxel, std::size_t at, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const float angle = request.phase != nullptr ? request.phase[voxel + i] : 0.0f;
      image.values[at + i] = clean[voxel + i] * std::complex<float>(std::cos(angle), std::sin(angle));
    }
  });
  filter_in_place(image, request);
  return image;
}

ComplexGrid noise_of(int coil, const std::vector<float>& sigma, const FieldOfView& view,
                     const FilteredScanRequest& request) {
  ComplexGrid image = view.empty();
  const float scale = static_cast<float>(1 / std::sqrt(noise_gain(request.filter, view.padded)));
  view.for_rows(request.threads, [&](std::size_t voxel, std::size_t at, std::size_t count) {
    std::vector<float> real(count), imaginary(count);
    fill_gaussian(real.data(), count, request.seed, static_cast<std::uint64_t>(2 * coil), voxel);
    fill_gaussian(imaginary.data(), count, request.seed, static_cast<std::uint64_t>(2 * coil + 1), voxel);
    for (std::size_t i = 0; i < count; ++i)
      image.values[at + i] = scale * sigma[voxel + i] * std::complex<float>(real[i], imaginary[i]);
  });
  filter_in_place(image, request);
  return image;
}

}  // namespace

FilteredScan filtered_scan(const std::vector<float>& clean, const std::vector<float>& sigma,
                           const FilteredScanRequest& request) {
  if (request.coils < 1) fail(ExitCode::usage, "the number of coils must be at least 1, got ", request.coils);
  const FieldOfView view(request.size);
  FilteredScan scan{std::vector<float>(clean.size()), std::vector<float>(clean.size())};
  const ComplexGrid signal = signal_of(clean, view, request);
  view.for_rows(request.threads, [&](std::size_t voxel, std::size_t at, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      scan.reference[voxel + i] = request.magnitude ? std::abs(signal.values[at + i]) : signal.values[at + i].real();
  });
  for (int coil = 0; coil < (request.magnitude ? request.coils : 1); ++coil) {
    const ComplexGrid noise = noise_of(coil, sigma, view, request);
    view.for_rows(request.threads, [&](std::size_t voxel, std::size_t at, std::size_t count) {
      for (std::size_t i = 0; i < count; ++i) {
        const std::complex<float> y = coil == 0 ? signal.values[at + i] + noise.values[at + i] : noise.values[at + i];
        scan.noisy[voxel + i] += request.magnitude ? std::norm(y) : y.real();
      }
    });
  }
  if (request.magnitude)
    for (float& value : scan.noisy) value = std::sqrt(value);
  return scan;
}

}  // namespace voxprior
