#include "pipeline/calibration/off_grid.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "pipeline/calibration/calibration_region.h"
#include "pipeline/operators/centred_fft.h"
#include "pipeline/operators/non_cartesian_sense.h"
#include "pipeline/reconstruction/conjugate_gradients.h"

namespace voxprior {
namespace {

constexpr std::int64_t kRegion = 24, kMargin = 8;  // samples at the edge see beyond it: the margin takes that up
constexpr int kIterations = 30;
constexpr double kTolerance = 1e-4, kRidge = 1e-3;  // of the mean of the diagonal of A^H A

torch::Tensor sizes_tensor(const std::array<std::int64_t, 3>& sizes) {
  return torch::tensor({static_cast<float>(sizes[0]), static_cast<float>(sizes[1]), static_cast<float>(sizes[2])});
}

/// Least squares on the coarse grid, coil by coil: [C, coarse].
torch::Tensor coarse_images(const torch::Tensor& samples, const torch::Tensor& positions,
                            const std::array<std::int64_t, 3>& coarse) {
  const torch::Tensor one = torch::ones({1, coarse[0], coarse[1], coarse[2]}, torch::kComplexFloat);
  const NonCartesianSense transform(one, positions);
  const double ridge = kRidge * static_cast<double>(positions.size(0)) / static_cast<double>(one.numel());
  std::vector<torch::Tensor> images;
  for (std::int64_t coil = 0; coil < samples.size(0); ++coil) {
    const torch::Tensor b = transform.adjoint(samples.narrow(0, coil, 1));
    images.push_back(conjugate_gradients(transform, ridge, b, torch::zeros_like(b), kIterations, kTolerance));
  }
  return torch::stack(images);
}

}  // namespace

GriddedCentre gridded_centre(const torch::Tensor& samples, const torch::Tensor& positions,
                             const std::array<std::int64_t, 3>& sizes) {
  const torch::NoGradGuard no_grad;
  GriddedCentre centre;
  std::array<std::int64_t, 3> coarse{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    centre.region[axis] = std::min(sizes[axis], kRegion);
    coarse[axis] = std::min(sizes[axis], kRegion + kMargin);
  }
  // An axis of length 1 has no position: whatever is there counts.
  const torch::Tensor limit = torch::where(sizes_tensor(sizes) > 1, 0.5 * sizes_tensor(coarse),
                                           torch::full({3}, std::numeric_limits<float>::infinity()));
  const torch::Tensor inside = (positions.abs() <= limit).all(1).nonzero().squeeze(1);
  const std::int64_t needed = centre.region[0] * centre.region[1] * centre.region[2];
  if (inside.size(0) < needed)
    fail(ExitCode::input, "no calibration region: only ", inside.size(0), " samples lie in the middle of k-space, ",
         needed, " are needed; give the coil maps with --maps");
  const torch::Tensor kspace =
      centred_fft(coarse_images(samples.index_select(1, inside), positions.index_select(0, inside), coarse));
  centre.kspace = torch::zeros({samples.size(0), sizes[0], sizes[1], sizes[2]}, torch::kComplexFloat);
  torch::Tensor to = centre.kspace, from = kspace;
  for (std::int64_t axis = 0; axis < 3; ++axis) {
    const std::int64_t kept = centre.region[static_cast<std::size_t>(axis)];
    to = to.narrow(axis + 1, to.size(axis + 1) / 2 - kept / 2, kept);
    from = from.narrow(axis + 1, from.size(axis + 1) / 2 - kept / 2, kept);
  }
  to.copy_(from);
  return centre;
}

double noise_of_periphery(const torch::Tensor& samples, const torch::Tensor& positions,
                          const std::array<std::int64_t, 3>& sizes) {
  const torch::Tensor radius =
      (2 * positions / sizes_tensor(sizes)).masked_fill(sizes_tensor(sizes) <= 1, 0).square().sum(1);
  return noise_of_farthest(samples, radius);
}

}  // namespace voxprior
