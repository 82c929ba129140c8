#include "pipeline/noise/kernel_texture.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <array>
#include <vector>

#include "pipeline/noise/ct_noise.h"
#include "pipeline/noise/random.h"
#include "pipeline/samplers/reconstruction_noise.h"

namespace voxprior {
namespace {

constexpr std::int64_t kSide = 96, kSlices = 12;
constexpr std::array<std::int64_t, 3> kSize{kSide, kSide, kSlices};

torch::Tensor white() {
  torch::Tensor noise = torch::empty({kSlices, kSide, kSide});
  fill_gaussian(noise.data_ptr<float>(), static_cast<std::size_t>(noise.numel()), 5, 0);
  return noise;
}

/// Air around a body of fat and muscle with a slow gradient, and bone.
torch::Tensor body() {
  const torch::Tensor at = torch::arange(kSide, torch::kFloat32) - kSide / 2.;
  const torch::Tensor r = (at.view({-1, 1}).square() + at.view({1, -1}).square()).sqrt();
  torch::Tensor hu = (40 + 0.3 * at.view({1, -1})).expand({kSide, kSide}).clone();
  hu.masked_fill_(r > 38, -100).masked_fill_(r > 44, -1000).masked_fill_(r < 6, 700);
  return hu.expand({kSlices, kSide, kSide}).clone();
}

KernelTexture texture_of(const torch::Tensor& noise, double sigma) {
  const torch::Tensor volume = (body() + sigma * noise).contiguous();
  const float* const voxels = volume.data_ptr<float>();
  return kernel_texture(voxels, kSize, survey_ct_noise(voxels, kSize).even_sigma);
}

TEST(KernelTexture, FindsTheKernelAndTheOverlapAmongTissues) {
  for (const double cutoff : {0.18, 0.3, 0.6})
    for (const double overlap : {0., 0.2}) {
      const KernelTexture found = texture_of(reconstruction_noise(white(), cutoff, overlap), 20);
      ASSERT_TRUE(found.seen);
      EXPECT_NEAR(found.cutoff / cutoff, 1, 0.12) << cutoff << " " << overlap;
      EXPECT_NEAR(found.overlap, overlap, 0.03) << cutoff << " " << overlap;
    }
}

TEST(KernelTexture, DoesNotDependOnHowStrongTheNoiseIs) {
  const torch::Tensor noise = reconstruction_noise(white(), 0.3, 0.1);
  for (const double sigma : {10., 60.}) EXPECT_NEAR(texture_of(noise, sigma).cutoff, 0.3, 0.036) << sigma;
}

TEST(KernelTexture, TakesWhiteNoiseForWhite) {
  const KernelTexture found = texture_of(white(), 20);
  EXPECT_TRUE(found.seen);
  EXPECT_TRUE(found.white());
  EXPECT_NEAR(found.overlap, 0, 0.02);
}

TEST(KernelTexture, SaysNothingWithoutSoftTissue) {
  const torch::Tensor air = (-1000 + 20 * white()).contiguous();
  const KernelTexture found = kernel_texture(air.data_ptr<float>(), kSize, 20);
  EXPECT_FALSE(found.seen);
  EXPECT_TRUE(found.white());
  const std::vector<float> tiny(8 * 8 * 8, 40.f);  // smaller than a window
  EXPECT_FALSE(kernel_texture(tiny.data(), {8, 8, 8}, 20).seen);
}

TEST(KernelTexture, KnowsNoOverlapOfASingleSlice) {
  const torch::Tensor slice = (body() + 20 * reconstruction_noise(white(), 0.3, 0.2)).narrow(0, 3, 1).contiguous();
  const KernelTexture found = kernel_texture(slice.data_ptr<float>(), {kSide, kSide, 1}, 20);
  EXPECT_TRUE(found.seen);
  EXPECT_EQ(found.overlap, 0);
}

}  // namespace
}  // namespace voxprior
