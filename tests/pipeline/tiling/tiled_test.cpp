#include "pipeline/tiling/tiled.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <tuple>
#include <vector>

namespace voxprior {
namespace {

/// A small network with everything that makes tiling hard: zero padding, a strided way down, a way up, a skip.
/// Reach, from the output back: 1 (last) -> up to cells of 4: 4 -> two at a quarter of the resolution: 12 -> 1 (first),
/// which its cells of 4 do not round: 13. So an aligned halo of 16 suffices and 12 does not.
class StridedNetwork {
 public:
  StridedNetwork() {
    torch::manual_seed(11);
    first_ = weight({4, 1, 3, 3, 3});
    down_ = weight({6, 4, 4, 4, 4});
    low1_ = weight({6, 6, 3, 3, 3});
    low2_ = weight({6, 6, 3, 3, 3});
    up_ = weight({6, 4, 4, 4, 4});
    last_ = weight({1, 4, 3, 3, 3});
  }

  torch::Tensor operator()(const torch::Tensor& x, double sigma) const {
    for (int axis = 2; axis < 5; ++axis) TORCH_CHECK(x.size(axis) % kLocality.alignment == 0, "misaligned tile");
    const torch::Tensor fine = torch::conv3d(x, first_, {}, 1, 1).sin();
    torch::Tensor coarse = torch::conv3d(fine, down_, {}, 4);
    coarse = torch::conv3d(coarse.sin(), low1_, {}, 1, 1);
    coarse = torch::conv3d(coarse.sin(), low2_, {}, 1, 1);
    return sigma * torch::conv3d(fine + torch::conv_transpose3d(coarse, up_, {}, 4), last_, {}, 1, 1);
  }

  static constexpr Locality kLocality{13, 4};

 private:
  static torch::Tensor weight(at::IntArrayRef shape) {
    const torch::Tensor values = torch::randn(shape);
    return values / std::sqrt(static_cast<double>(values[0].numel()));
  }
  torch::Tensor first_, down_, low1_, low2_, up_, last_;
};

torch::Tensor random_volume(const Extent& size, std::int64_t samples = 1) {
  torch::manual_seed(12);
  return torch::rand({samples, 1, size[0], size[1], size[2]});
}

/// What tiling must reproduce: the volume continued by reflection, evaluated in one piece, cropped.
torch::Tensor in_one_piece(const Denoiser& network, const torch::Tensor& x, double sigma) {
  torch::Tensor padded = x;
  for (int axis = 2; axis < 5; ++axis)
    while (padded.size(axis) % 4 != 0) {
      const std::int64_t size = x.size(axis), beyond = padded.size(axis) - size;  // ... c b a | a b c ...
      const std::int64_t mirrored = beyond / size % 2 == 0 ? size - 1 - beyond % size : beyond % size;
      padded = torch::cat({padded, padded.narrow(axis, mirrored, 1)}, axis);
    }
  const torch::Tensor result = network(padded, sigma);
  return result.narrow(2, 0, x.size(2)).narrow(3, 0, x.size(3)).narrow(4, 0, x.size(4));
}

double relative_difference(const torch::Tensor& a, const torch::Tensor& reference) {
  return ((a - reference).abs().max() / (reference.max() - reference.min()).clamp_min(1e-3)).item<double>();
}

class TiledSizes : public testing::TestWithParam<std::tuple<Extent, Extent>> {};

TEST_P(TiledSizes, EqualTheWholeVolume) {
  const auto [volume, core] = GetParam();
  const StridedNetwork network;
  const torch::Tensor x = random_volume(volume);
  const TilePlan plan = plan_tiles_of(volume, StridedNetwork::kLocality, core);
  const torch::Tensor tiled_result = denoise_in_tiles(network, x, 0.5, plan);
  EXPECT_LT(relative_difference(tiled_result, in_one_piece(network, x, 0.5)), 3e-6);  // measured up to 1e-7
}

INSTANTIATE_TEST_SUITE_P(OddEvenTinyAndLong, TiledSizes,
                         testing::Combine(testing::Values(Extent{1, 1, 1}, Extent{1, 3, 2}, Extent{5, 9, 7},
                                                          Extent{16, 8, 12}, Extent{37, 6, 50}, Extent{30, 45, 41}),
                                          testing::Values(Extent{16, 16, 16}, Extent{12, 20, 1000}, Extent{9, 48, 24},
                                                          Extent{99, 99, 99})));

TEST(Tiled, SmallestTilesEqualTheWholeVolume) {
  const StridedNetwork network;
  const torch::Tensor x = random_volume({18, 9, 31});
  const TilePlan plan = plan_tiles_of({18, 9, 31}, StridedNetwork::kLocality, {1, 1, 1});
  EXPECT_EQ(plan.tiles().size(), 5u * 3u * 8u);
  EXPECT_LT(relative_difference(denoise_in_tiles(network, x, 1, plan), in_one_piece(network, x, 1)), 3e-6);
}

TEST(Tiled, HaloOneStepTooSmallShows) {
  const StridedNetwork network;
  const torch::Tensor x = random_volume({20, 20, 60});
  const torch::Tensor expected = in_one_piece(network, x, 1);
  const auto difference = [&](std::int64_t halo) {
    return relative_difference(denoise_in_tiles(network, x, 1, plan_tiles_of({20, 20, 60}, {halo, 4}, {8, 20, 16})),
                               expected);
  };
  EXPECT_LT(difference(13), 3e-6);
  EXPECT_GT(difference(12), 1e-4);  // measured 5e-3
}

TEST(Tiled, ChoosesItsTilesByMemory) {
  const StridedNetwork network;
  const Extent size{30, 45, 41};
  const torch::Tensor x = random_volume(size);
  std::int64_t largest = 0;
  const Denoiser watched = [&](const torch::Tensor& tile, double sigma) {
    largest = std::max(largest, tile.numel());
    return network(tile, sigma);
  };
  const double volumes = 2 * 4. * voxel_count(size);
  const Denoiser denoise = tiled(watched, StridedNetwork::kLocality, 100, volumes + 100 * 50'000);
  EXPECT_LT(relative_difference(denoise(x, 1), in_one_piece(network, x, 1)), 3e-6);
  EXPECT_LE(largest, 50'000);
  EXPECT_GT(largest, 25'000) << "memory left unused";
}

TEST(Tiled, SamplesOfABatchAreIndependent) {
  const StridedNetwork network;
  const torch::Tensor x = random_volume({9, 10, 11}, 3);
  const TilePlan plan = plan_tiles_of({9, 10, 11}, StridedNetwork::kLocality, {8, 8, 8});
  const torch::Tensor together = denoise_in_tiles(network, x, 1, plan);
  for (int sample = 0; sample < 3; ++sample) {
    const torch::Tensor alone = denoise_in_tiles(network, x.narrow(0, sample, 1), 1, plan);
    EXPECT_TRUE(torch::equal(together.narrow(0, sample, 1), alone));
  }
}

TEST(Tiled, ProgressRisesToOneAndMayInterrupt) {
  const StridedNetwork network;
  const torch::Tensor x = random_volume({20, 20, 20}, 2);
  const TilePlan plan = plan_tiles_of({20, 20, 20}, StridedNetwork::kLocality, {8, 8, 20});
  std::vector<double> seen;
  denoise_in_tiles(network, x, 1, plan, [&](double fraction) { seen.push_back(fraction); });
  ASSERT_EQ(seen.size(), 2 * plan.tiles().size());
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_GT(seen.front(), 0);
  EXPECT_DOUBLE_EQ(seen.back(), 1);

  int calls = 0;
  const auto interrupt = [&](double) {
    if (++calls == 3) throw std::runtime_error("stop");
  };
  EXPECT_THROW(denoise_in_tiles(network, x, 1, plan, interrupt), std::runtime_error);
  EXPECT_EQ(calls, 3);
}

TEST(Tiled, RefusesAPlanForAnotherSizeAndANetworkThatResizes) {
  const TilePlan plan = plan_tiles_of({8, 8, 8}, {0, 1}, {8, 8, 8});
  const Denoiser same = [](const torch::Tensor& x, double) { return x; };
  const Denoiser halves = [](const torch::Tensor& x, double) { return x.narrow(2, 0, 4); };
  EXPECT_THROW(denoise_in_tiles(same, torch::zeros({1, 1, 8, 8, 9}), 1, plan), c10::Error);
  EXPECT_THROW(denoise_in_tiles(halves, torch::zeros({1, 1, 8, 8, 8}), 1, plan), c10::Error);
}

}  // namespace
}  // namespace voxprior
