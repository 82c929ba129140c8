#include "pipeline/metrics/error_metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/error.h"

namespace voxprior {
namespace {

TEST(ErrorMetrics, OfAConstantOffsetAreKnown) {
  const std::vector<float> reference{10, 20, 30, 40}, test{15, 25, 35, 45};
  const ErrorMetrics m = error_metrics(reference.data(), test.data(), 4, 500);
  EXPECT_DOUBLE_EQ(m.rmse, 5);
  EXPECT_DOUBLE_EQ(m.psnr_db, 40);
  EXPECT_DOUBLE_EQ(m.nrmse, 5 / std::sqrt(750.));
  EXPECT_EQ(m.peak, 500);
  EXPECT_EQ(m.voxels, 4);
  EXPECT_EQ(psnr(reference.data(), test.data(), 4, 500), m.psnr_db);
}

TEST(ErrorMetrics, SeeOnlyTheMask) {
  const std::vector<float> reference{10, 20, 30, 40}, test{10, 21, 999, 39};
  const std::vector<std::uint8_t> mask{0, 1, 0, 255};
  const ErrorMetrics m = error_metrics(reference.data(), test.data(), 4, 1, mask.data());
  EXPECT_DOUBLE_EQ(m.rmse, 1);
  EXPECT_EQ(m.voxels, 2);
}

TEST(ErrorMetrics, OfIdenticalVolumesArePerfect) {
  const std::vector<float> x{1, 2, 3};
  const ErrorMetrics m = error_metrics(x.data(), x.data(), 3, 1);
  EXPECT_EQ(m.nrmse, 0);
  EXPECT_TRUE(std::isinf(m.psnr_db) && m.psnr_db > 0);
}

TEST(ErrorMetrics, RefuseAnEmptyMaskAndNoRange) {
  const float x = 1;
  const std::uint8_t nothing = 0;
  EXPECT_THROW(error_metrics(&x, &x, 1, 1, &nothing), Error);
  EXPECT_THROW(error_metrics(&x, &x, 1, 0), Error);
}

}  // namespace
}  // namespace voxprior
