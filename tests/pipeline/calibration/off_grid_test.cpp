#include "pipeline/calibration/off_grid.h"

#include <gmock/gmock.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>

#include "pipeline/calibration/calibration_region.h"
#include "pipeline/operators/centred_fft.h"
#include "pipeline/operators/non_cartesian_sense.h"
#include "pipeline/sampling/radial.h"
#include "tests/support/refusal.h"

namespace voxprior {
namespace {

/// Along D, H, W.
torch::Tensor spokes(const std::array<std::int64_t, 3>& sizes, std::int64_t count) {
  const std::vector<float> ijk = golden_radial({sizes[2], sizes[1], sizes[0]}, count);
  return torch::tensor(ijk).view({-1, 3}).flip({1}).contiguous();
}

/// A disc (ball) with a bright spot, well inside the field of view.
torch::Tensor object(const std::array<std::int64_t, 3>& sizes) {
  torch::Tensor r2 = torch::zeros({1, 1, 1});
  for (std::int64_t axis = 0; axis < 3; ++axis) {
    const std::int64_t n = sizes[static_cast<std::size_t>(axis)];
    std::vector<std::int64_t> shape{1, 1, 1};
    shape[static_cast<std::size_t>(axis)] = n;
    if (n > 1) r2 = r2 + ((torch::arange(n) - n / 2.) / (0.35 * n)).square().view(shape);
  }
  return torch::exp(-r2.square()).to(torch::kComplexFloat);
}

TEST(OffGrid, TheMiddleOfKSpaceIsThatOfTheGrid) {
  for (const std::array<std::int64_t, 3>& sizes : {std::array<std::int64_t, 3>{1, 48, 54}, {20, 22, 18}}) {
    const torch::Tensor image = object(sizes);
    const torch::Tensor maps = torch::stack({image * 0 + 1, image * 0 + c10::complex<float>(0, 0.5)});
    const torch::Tensor positions = spokes(sizes, sizes[0] == 1 ? 90 : 900);
    const torch::Tensor samples = NonCartesianSense(maps, positions).forward(image);
    const GriddedCentre centre = gridded_centre(samples, positions, sizes);
    torch::Tensor truth = centred_fft(maps * image), found = centre.kspace;
    for (std::int64_t axis = 0; axis < 3; ++axis) {
      const std::int64_t kept = centre.region[static_cast<std::size_t>(axis)], n = truth.size(axis + 1);
      truth = truth.narrow(axis + 1, n / 2 - kept / 2, kept), found = found.narrow(axis + 1, n / 2 - kept / 2, kept);
    }
    // The coarse grid's transform has another scale: the same for all.
    const torch::Tensor scale = (truth * found.conj()).sum() / found.abs().square().sum();
    EXPECT_LT(((scale * found - truth).norm() / truth.norm()).item().toDouble(), 0.02) << sizes[0];
    EXPECT_EQ(centre.kspace.sizes(), maps.sizes());
  }
}

TEST(OffGrid, TooFewSamplesAreNoCalibration) {
  const torch::Tensor positions = spokes({1, 48, 48}, 4);
  const torch::Tensor samples = torch::ones({2, positions.size(0)}, torch::kComplexFloat);
  EXPECT_THAT(test::refusal(ExitCode::input,
                            [&] {
                              gridded_centre(samples, positions, {1, 48, 48});
                            }),
              testing::HasSubstr("no calibration region"));
}

TEST(OffGrid, TheEdgeShowsTheNoise) {
  torch::manual_seed(0);
  const std::array<std::int64_t, 3> sizes{1, 64, 64};
  const torch::Tensor image = object(sizes), positions = spokes(sizes, 100);
  const torch::Tensor clean = NonCartesianSense(image.unsqueeze(0) * 0 + 1, positions).forward(image);
  const torch::Tensor noise = torch::randn_like(clean) * std::sqrt(2.) * 0.01;  // 0.01 in each part
  EXPECT_NEAR(noise_of_periphery(clean + noise, positions, sizes), 0.01, 0.001);
}

}  // namespace
}  // namespace voxprior
