#include "workflows/copy_preview.h"

#include <gtest/gtest.h>

#include "pipeline/metrics/memorisation.h"
#include "tests/pipeline/metrics/features/random_image.h"

namespace voxprior {
namespace {

constexpr std::array<std::int64_t, 3> kSize{16, 16, 12};
constexpr int kMirrorAxis = 0;

/// A ball of blobs far from the border, so that moving it loses nothing.
Image object() {
  Image image = test::blobs(kSize, 3);
  for (std::int64_t k = 0; k < kSize[2]; ++k)
    for (std::int64_t j = 0; j < kSize[1]; ++j)
      for (std::int64_t i = 0; i < kSize[0]; ++i)
        if ((i - 7) * (i - 7) + (j - 8) * (j - 8) + (k - 6) * (k - 6) > 16) image.voxels[image.at(i, j, k)] = 0;
  return image;
}

TEST(MovedOntoSample, LaysTheTrainingVolumeOnItsCopy) {
  for (const bool flip : {false, true}) {
    const Image training = object();
    const Image moved = moved_onto_sample(training, {{}, {}, {2, -1, 1}, false}, kMirrorAxis);
    EXPECT_EQ(moved.voxels[moved.at(9, 7, 7)], training.voxels[training.at(7, 8, 6)]);
    const Image sample = flip ? mirrored(moved, kMirrorAxis) : moved;

    std::vector<CopyFingerprint> volumes;
    for (const Image& image : {training, test::blobs(kSize, 8)}) volumes.push_back(copy_fingerprint(image));
    const NearestTraining nearest =
        TrainingVolumes(std::move(volumes)).nearest(sample_fingerprint(sample, kMirrorAxis));
    ASSERT_EQ(nearest.by_correlation, 0u);
    const CopyPair pair{{}, {}, nearest.alignment.shift, nearest.mirrored};
    EXPECT_EQ(moved_onto_sample(training, pair, kMirrorAxis).voxels, sample.voxels);
  }
}

}  // namespace
}  // namespace voxprior
