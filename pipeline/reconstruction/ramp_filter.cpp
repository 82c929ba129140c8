#include "pipeline/reconstruction/ramp_filter.h"

#include <torch/fft.h>
#include <torch/types.h>

#include <cmath>
#include <cstddef>

namespace voxprior {
namespace {

const double kPi = std::acos(-1.0);

/// a = f / f_N in [0, 1].
double window_at(RampWindow window, double a) {
  switch (window) {
    case RampWindow::shepp_logan:
      return a == 0 ? 1 : std::sin(kPi * a / 2) / (kPi * a / 2);
    case RampWindow::cosine:
      return std::cos(kPi * a / 2);
    case RampWindow::hann:
      return (1 + std::cos(kPi * a)) / 2;
    case RampWindow::none:
      break;
  }
  return 1;
}

std::int64_t power_of_two_from(std::int64_t least) {
  std::int64_t size = 1;
  while (size < least) size *= 2;
  return size;
}

}  // namespace

std::vector<double> ramp_kernel(std::int64_t count, double pitch) {
  std::vector<double> kernel(static_cast<std::size_t>(count), 0.0);
  kernel[0] = 1 / (4 * pitch * pitch);
  for (std::size_t n = 1; n < kernel.size(); n += 2)
    kernel[n] = -1 / (kPi * kPi * static_cast<double>(n * n) * pitch * pitch);
  return kernel;
}

torch::Tensor ramp_filtered(const torch::Tensor& projections, const std::vector<double>& kernel, double pitch,
                            RampWindow window) {
  const std::int64_t columns = projections.size(-1);
  TORCH_CHECK(static_cast<std::int64_t>(kernel.size()) >= columns, "a ramp kernel of ", kernel.size(), " for ", columns,
              " columns");
  const std::int64_t size = power_of_two_from(2 * columns);
  const torch::Tensor wrapped = torch::zeros({size}, torch::kDouble);
  double* h = wrapped.data_ptr<double>();
  for (std::int64_t n = 0; n < columns; ++n) {
    h[n] = kernel[static_cast<std::size_t>(n)] * pitch;
    if (n > 0) h[size - n] = h[n];
  }
  const torch::Tensor response = torch::real(torch::fft::rfft(wrapped)).contiguous();  // h is even
  double* r = response.data_ptr<double>();
  for (std::int64_t f = 0; f < response.size(0); ++f)
    r[f] *= window_at(window, 2 * static_cast<double>(f) / static_cast<double>(size));

  const torch::Tensor filter = response.to(projections.device(), torch::kFloat);
  torch::Tensor filtered = torch::empty_like(projections, torch::MemoryFormat::Contiguous);
  for (std::int64_t view = 0; view < projections.size(0); ++view)  // one by one: the spectra take twice the memory
    filtered[view].copy_(
        torch::fft::irfft(torch::fft::rfft(projections[view], size) * filter, size).narrow(-1, 0, columns));
  return filtered;
}

}  // namespace voxprior
