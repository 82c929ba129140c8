#include "pipeline/reconstruction/wavelet_l1.h"

#include <torch/types.h>

#include "pipeline/core/reflection.h"
#include "pipeline/noise/random.h"
#include "pipeline/reconstruction/fista.h"
#include "pipeline/wavelet/haar.h"

namespace voxprior {
namespace {

/// x [N,1,D,H,W], whose samples are the parts of one coefficient.
torch::Tensor shrink(const torch::Tensor& x, double threshold, int levels) {
  if (levels == 0) return x;
  const torch::Tensor bands = haar_forward(x), detail = bands.narrow(1, 1, 7);
  const torch::Tensor magnitude = detail.square().sum(torch::IntArrayRef{0}, true).sqrt();
  const torch::Tensor factor =
      torch::where(magnitude > threshold, 1 - threshold / magnitude, torch::zeros_like(magnitude));
  return haar_inverse(torch::cat({shrink(bands.narrow(1, 0, 1), threshold, levels - 1), detail * factor}, 1));
}

}  // namespace

torch::Tensor soft_threshold_haar(const torch::Tensor& u, double threshold, int levels,
                                  const std::array<std::int64_t, 3>& shift) {
  torch::Tensor x =
      u.is_complex() ? torch::stack({torch::real(u), torch::imag(u)}).unsqueeze(1) : u.unsqueeze(0).unsqueeze(0);
  const std::int64_t block = std::int64_t{1} << levels;
  for (std::int64_t axis = 0; axis < 3; ++axis) {
    const std::int64_t n = u.size(axis), before = shift[static_cast<std::size_t>(axis)];
    const std::int64_t after = (block - (n + before) % block) % block;
    if (before + after > 0) x = x.index_select(axis + 2, reflected_positions(-before, n + after, n, u.device()));
  }
  x = shrink(x, threshold, levels);
  for (std::int64_t axis = 0; axis < 3; ++axis)
    x = x.narrow(axis + 2, shift[static_cast<std::size_t>(axis)], u.size(axis));
  return u.is_complex() ? torch::complex(x[0][0], x[1][0]) : x[0][0];
}

torch::Tensor reconstruct_wavelet_l1(const NormalisedProblem& problem, const MethodOptions& options,
                                     IterationMonitor& monitor) {
  Random random(options.seed);
  const auto block = std::uint64_t{1} << options.levels;
  const auto prox = [&](const torch::Tensor& b, int) {
    std::array<std::int64_t, 3> shift{};
    for (std::int64_t& voxels : shift) voxels = static_cast<std::int64_t>(random.below(block));
    return soft_threshold_haar(b, options.lambda, options.levels, shift);
  };
  return fista(problem, 1, options.iterations, prox, {}, {}, monitor);
}

}  // namespace voxprior
