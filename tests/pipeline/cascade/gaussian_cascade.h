#pragma once

#include "pipeline/cascade/cascade.h"
#include "pipeline/samplers/schedule.h"
#include "pipeline/wavelet/haar.h"

namespace voxprior::test {

inline constexpr double kCoarseStd = 1.5, kDetailStd = 0.2;

// The exact denoiser of independent Gaussian voxels.
inline Denoiser gaussian_denoiser(double std) {
  return [std](const torch::Tensor& x, double sigma) { return x * (std * std / (std * std + sigma * sigma)); };
}

// The exact denoiser of Gaussian detail bands around given block means.
inline torch::Tensor denoise_detail(const torch::Tensor& x, double sigma) {
  const torch::Tensor means = torch::avg_pool3d(x, 2);
  return with_block_means(gaussian_denoiser(kDetailStd)(x, sigma), means);
}

/// Two octaves of independent Gaussian values, with the exact denoiser of each level.
inline Cascade gaussian_cascade(int steps) {
  return {{gaussian_denoiser(kCoarseStd), karras_schedule(steps, 0.01, 60)},
          {8, 6, 10},
          {{denoise_detail, karras_schedule(steps, 0.002, 10)}, {denoise_detail, karras_schedule(steps, 0.002, 10)}}};
}

/// A draw from the distribution that the cascade is exact for.
inline torch::Tensor gaussian_volume() {
  torch::manual_seed(2);
  torch::Tensor x = kCoarseStd * torch::randn({1, 1, 8, 6, 10});
  for (int octave = 0; octave < 2; ++octave) {
    const torch::Tensor detail = kDetailStd * torch::randn({1, 1, 2 * x.size(2), 2 * x.size(3), 2 * x.size(4)});
    x = with_block_means(detail, x);
  }
  return x;
}

}  // namespace voxprior::test
