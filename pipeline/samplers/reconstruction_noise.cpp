#include "pipeline/samplers/reconstruction_noise.h"

#include <torch/fft.h>

#include <cmath>

namespace voxprior {
namespace {

constexpr double kSoftestCutoff = 0.15, kSharpestCutoff = 1.5, kMostOverlap = 0.25;  // of reconstruction kernels

/// sqrt(NPS) at the frequencies of rfft2 over an H x W plane, such that white noise keeps its variance.
torch::Tensor amplitude(std::int64_t h, std::int64_t w, double cutoff) {
  const torch::Tensor fy = torch::fft_fftfreq(h).view({h, 1}), fx = torch::fft_fftfreq(w).view({1, w});
  const torch::Tensor f = (fy.square() + fx.square()).sqrt();
  const torch::Tensor power = f * (-2 * (f / cutoff).square()).exp();
  return (power / power.mean()).sqrt().narrow(1, 0, w / 2 + 1);
}

torch::Tensor share_between_slices(const torch::Tensor& x, double overlap) {
  const double own = 1 - 2 * overlap, gain = 1 / std::sqrt(own * own + 2 * overlap * overlap);
  return gain * (own * x + overlap * (x.roll(1, 0) + x.roll(-1, 0)));
}

}  // namespace

torch::Tensor reconstruction_noise(const torch::Tensor& white, double cutoff, double overlap) {
  const std::int64_t h = white.size(1), w = white.size(2);
  const torch::Tensor spectrum = torch::fft_rfft2(white) * amplitude(h, w, cutoff);
  return share_between_slices(torch::fft_irfft2(spectrum, torch::IntArrayRef({h, w})), overlap).contiguous();
}

torch::Tensor random_reconstruction_noise(const torch::Tensor& white, Random& random) {
  const double cutoff = random.uniform(kSoftestCutoff, kSharpestCutoff);
  const double overlap = random.uniform(0, kMostOverlap);
  return reconstruction_noise(white, cutoff, overlap);
}

}  // namespace voxprior
