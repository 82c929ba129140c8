#include "pipeline/cascade/cascade.h"

#include <gtest/gtest.h>

#include <set>

#include "pipeline/samplers/heun.h"
#include "pipeline/wavelet/haar.h"
#include "tests/pipeline/cascade/gaussian_cascade.h"

namespace voxprior {
namespace {

using test::gaussian_cascade;
using test::kCoarseStd;
using test::kDetailStd;

torch::Tensor heun(const CascadeLevel& level, torch::Tensor x, std::uint64_t, std::size_t) {
  return sample_heun(level.denoise, std::move(x), level.sigmas);
}

double variance_of(const torch::Tensor& x) { return x.square().mean().item<double>(); }

TEST(Cascade, EachLevelHasTheDistributionThatItsDenoiserIsExactFor) {
  const Cascade cascade = gaussian_cascade(60);
  double coarse = 0, first = 0, second = 0;
  constexpr int kVolumes = 20;
  for (int n = 0; n < kVolumes; ++n) {
    const torch::Tensor x = sample_cascade(cascade, 7, n, heun);
    ASSERT_EQ(x.sizes(), (std::vector<std::int64_t>{1, 1, 32, 24, 40}));
    const torch::Tensor half = torch::avg_pool3d(x, 2);
    coarse += variance_of(torch::avg_pool3d(half, 2)) / kVolumes;
    first += variance_of(haar_forward(half).narrow(1, 1, 7)) / kVolumes;
    second += variance_of(haar_forward(x).narrow(1, 1, 7)) / kVolumes;
  }
  EXPECT_NEAR(coarse / (kCoarseStd * kCoarseStd), 1, 0.05);  // 9600 values: 1 +- 0.014, and 1 % of the solver
  EXPECT_NEAR(first / (kDetailStd * kDetailStd), 1, 0.02);
  EXPECT_NEAR(second / (kDetailStd * kDetailStd), 1, 0.02);
}

TEST(Cascade, TheMeansOfAnOctavesBlocksAreTheVolumeThatItRefines) {
  Cascade shallow = gaussian_cascade(60), deep = gaussian_cascade(60);
  shallow.octaves.pop_back();
  const torch::Tensor coarse = sample_cascade(shallow, 3, 1, heun), fine = sample_cascade(deep, 3, 1, heun);
  EXPECT_TRUE(torch::allclose(torch::avg_pool3d(fine, 2), coarse, 1e-4, 1e-5));
}

TEST(Cascade, AVolumeDependsOnSeedAndIndexAlone) {
  const Cascade cascade = gaussian_cascade(60);
  const torch::Tensor x = sample_cascade(cascade, 0, 2, heun);
  EXPECT_TRUE(torch::equal(x, sample_cascade(cascade, 0, 2, heun)));
  EXPECT_FALSE(torch::equal(x, sample_cascade(cascade, 0, 3, heun)));
  EXPECT_FALSE(torch::equal(x, sample_cascade(cascade, 1, 2, heun)));
}

TEST(Cascade, EveryLevelOfEveryVolumeHasASeedOfItsOwn) {
  std::set<std::uint64_t> seeds;
  for (std::uint64_t seed : {0u, 1u})
    for (std::uint64_t index = 0; index < 10; ++index)
      for (std::uint64_t level = 0; level < 3; ++level) seeds.insert(level_seed(seed, index, level));
  EXPECT_EQ(seeds.size(), 60u);
}

}  // namespace
}  // namespace voxprior
