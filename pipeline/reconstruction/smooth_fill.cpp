#include "pipeline/reconstruction/smooth_fill.h"

#include <torch/nn/functional/padding.h>
#include <torch/nn/functional/pooling.h>
#include <torch/nn/functional/upsampling.h>

#include <vector>

namespace voxprior {
namespace {

namespace F = torch::nn::functional;

/// Sums over blocks of 2 x 2 x 2, the last one of an odd axis being thinner. x [1,1,D,H,W].
torch::Tensor block_sums(const torch::Tensor& x) {
  const auto whole = F::pad(x, F::PadFuncOptions({0, x.size(4) % 2, 0, x.size(3) % 2, 0, x.size(2) % 2}));
  return 8 * F::avg_pool3d(whole, F::AvgPool3dFuncOptions(2));
}

/// Means of what is known, from the finest blocks that hold something of it.
torch::Tensor first_guess(const torch::Tensor& sums, const torch::Tensor& counts) {
  const torch::Tensor known = counts > 0, means = sums / counts.clamp_min(1);
  if (known.all().item().toBool()) return means;
  const torch::Tensor coarse = first_guess(block_sums(sums), block_sums(counts));
  const torch::Tensor below = F::interpolate(
      coarse, F::InterpolateFuncOptions().mode(torch::kNearest).scale_factor(std::vector<double>{2, 2, 2}));
  const auto as_large = below.slice(2, 0, sums.size(2)).slice(3, 0, sums.size(3)).slice(4, 0, sums.size(4));
  return torch::where(known, means, as_large);
}

/// Sums over the neighbours along one axis; there is none beyond the ends.
torch::Tensor neighbours(const torch::Tensor& x, std::int64_t axis) {
  const std::int64_t n = x.size(axis);
  torch::Tensor sum = torch::zeros_like(x);
  sum.narrow(axis, 0, n - 1) += x.narrow(axis, 1, n - 1);
  sum.narrow(axis, 1, n - 1) += x.narrow(axis, 0, n - 1);
  return sum;
}

torch::Tensor neighbours(const torch::Tensor& x) { return neighbours(x, 0) + neighbours(x, 1) + neighbours(x, 2); }

}  // namespace

torch::Tensor smooth_fill(const torch::Tensor& values, const torch::Tensor& known, int sweeps) {
  TORCH_CHECK(values.dim() == 3 && values.sizes() == known.sizes() && known.any().item().toBool(),
              "filling needs a volume of which something is known");
  const torch::Tensor counts = known.to(values.scalar_type());
  torch::Tensor x = first_guess((values * counts).unsqueeze(0).unsqueeze(0), counts.unsqueeze(0).unsqueeze(0));
  x = torch::where(known, values, x.squeeze(0).squeeze(0));
  const torch::Tensor number = neighbours(torch::ones_like(x));
  for (int n = 0; n < sweeps; ++n) x = torch::where(known, values, neighbours(x) / number);
  return x;
}

}  // namespace voxprior
