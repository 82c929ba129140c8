#include "models/training/train_segmenter.h"

#include <torch/utils.h>

namespace voxprior {
namespace {

/// Cubes of 6 voxels, brighter or darker than their surroundings, wherever `seed` puts them: [N,1,16,16,16] and labels.
std::pair<torch::Tensor, torch::Tensor> cubes(std::int64_t count, std::int64_t seed) {
  torch::manual_seed(seed);
  torch::Tensor labels = torch::zeros({count, 16, 16, 16}, torch::kLong);
  torch::Tensor volumes = 0.5 + 0.02 * torch::randn({count, 1, 16, 16, 16});
  for (std::int64_t n = 0; n < count; ++n) {
    using torch::indexing::Slice;
    const auto at = [&] { return torch::randint(1, 9, {1}).item<std::int64_t>(); };
    const std::int64_t k = at(), j = at(), i = at();
    labels.index_put_({n, Slice(k, k + 6), Slice(j, j + 6), Slice(i, i + 6)}, 1);
    volumes.index_put_({n, 0}, volumes[n][0] + (n % 2 == 0 ? 0.3 : -0.3) * labels[n]);
  }
  return {volumes, labels};
}

TEST(TrainSegmenter, LearnsToFindCubesThatItHasNotSeen) {
  const auto [volumes, labels] = cubes(24, 1);
  SegmenterTraining training;
  training.channels = 8;
  training.steps = 300;
  double share = 0;
  Segmenter network = train_segmenter(volumes, labels, training, [&](double done) { share = done; });
  EXPECT_EQ(share, 1);
  constexpr std::int64_t kOthers = 8;
  const auto [others, truth] = cubes(kOthers, 2);
  double dice = 0;
  for (std::int64_t n = 0; n < kOthers; ++n) {
    const torch::Tensor found = segment(network, others[n][0]).to(torch::kLong);
    dice += 2 * (found * truth[n]).sum().item<double>() / (found.sum() + truth[n].sum()).item<double>();
  }
  EXPECT_GT(dice / kOthers, 0.7);  // measured 0.855
}

TEST(TrainSegmenter, FollowsFromItsSeed) {
  const auto scans = cubes(6, 3);
  SegmenterTraining training;
  training.channels = 8;
  training.steps = 3;
  training.seed = 5;
  const auto weights = [&] {
    Segmenter network = train_segmenter(scans.first, scans.second, training, [](double) {});
    return network->named_parameters()["stem.weight"].detach().clone();
  };
  EXPECT_TRUE(torch::equal(weights(), weights()));
}

}  // namespace
}  // namespace voxprior
