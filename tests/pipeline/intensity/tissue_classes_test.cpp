#include "pipeline/intensity/tissue_classes.h"

#include <gmock/gmock.h>

namespace voxprior {
namespace {

using testing::Each;
using testing::ElementsAre;

TEST(TissueClasses, ClustersBecomeClassesFromDarkToBright) {
  const std::vector<float> voxels{0.9f, 0.31f, 0.02f, 0.6f, 0.3f, 0.92f, 0.61f, 0.f};
  EXPECT_THAT(tissue_classes(voxels.data(), voxels.size(), 3, 0.1f), ElementsAre(3, 1, 0, 2, 1, 3, 2, 0));
}

TEST(TissueClasses, AreThoseOfUnequalClustersToo) {
  std::vector<float> voxels(1000, 0.8f);
  for (std::size_t n = 0; n < 60; ++n) voxels[n] = 0.2f + 0.001f * static_cast<float>(n % 7);
  const auto labels = tissue_classes(voxels.data(), voxels.size(), 2, 0.1f);
  EXPECT_THAT(std::vector<std::uint8_t>(labels.begin(), labels.begin() + 60), Each(1));
  EXPECT_THAT(std::vector<std::uint8_t>(labels.begin() + 60, labels.end()), Each(2));
}

TEST(TissueClasses, WithoutForegroundThereIsNone) {
  const std::vector<float> voxels(20, 0.05f);
  EXPECT_THAT(tissue_classes(voxels.data(), voxels.size(), 3, 0.1f), Each(0));
}

}  // namespace
}  // namespace voxprior
