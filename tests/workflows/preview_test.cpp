#include "workflows/preview.h"

#include <gtest/gtest.h>

namespace voxprior {
namespace {

/// A dark grid in RAS order with one bright block towards the patient's right, front and top.
Volume block_at_right_front_top() {
  Volume volume;
  volume.geometry.size = {40, 60, 20};
  volume.geometry.spacing_mm = {2, 1, 3};
  volume.geometry.lps_from_index = {-1, 0, 0, 0, -1, 0, 0, 0, 1};  // i towards right, j anterior, k superior
  volume.voxels.assign(40 * 60 * 20, 0);
  for (int k = 14; k < 18; ++k)
    for (int j = 45; j < 55; ++j)
      for (int i = 30; i < 36; ++i) volume.voxels[(k * 60 + j) * 40 + i] = 100;
  return volume;
}

/// The centre of the pixels above 128 in a part of the picture, as shares of its width and height.
std::pair<double, double> bright_centre(const GreyImage& image, int left, int top, int width, int height) {
  double x_sum = 0, y_sum = 0, count = 0;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      if (image.pixels[static_cast<size_t>(top + y) * image.width + left + x] < 128) continue;
      x_sum += x, y_sum += y, ++count;
    }
  }
  return {x_sum / count / width, y_sum / count / height};
}

TEST(Preview, ShowsRightOnTheLeftFrontUpAndCrownUp) {
  const Volume volume = block_at_right_front_top();
  // 80 x 60 x 60 mm at 3 pixels a mm; columns are 240 pixels wide, with 4 between them.
  const GreyImage image = draw_preview(volume, volume.voxels, {0, 100, 1});
  ASSERT_EQ(image.width, 3 * 240 + 2 * 4);
  ASSERT_EQ(image.height, 180 + 180 + 180 + 2 * 4);

  const auto [axial_x, axial_y] = bright_centre(image, 0, 0, 240, 180);
  EXPECT_NEAR(axial_x, 1 - 33. / 40, 0.01);  // far right of the patient: left in the picture
  EXPECT_NEAR(axial_y, 1 - 50. / 60, 0.01);  // front: up
  const auto [coronal_x, coronal_y] = bright_centre(image, 0, 184, 240, 180);
  EXPECT_NEAR(coronal_x, 1 - 33. / 40, 0.01);
  EXPECT_NEAR(coronal_y, 1 - 16. / 20, 0.01);                                     // top: up
  const auto [sagittal_x, sagittal_y] = bright_centre(image, 30, 368, 180, 180);  // 60 mm, centred in its column
  EXPECT_NEAR(sagittal_x, 1 - 50. / 60, 0.01);                                    // front: left
  EXPECT_NEAR(sagittal_y, 1 - 16. / 20, 0.01);
}

TEST(Preview, ResidualIsGreyWhereNothingChangedAndWhiteWhereMuchWasRemoved) {
  const Volume volume = block_at_right_front_top();
  std::vector<float> after = volume.voxels;
  for (float& value : after) value *= 0.5f;
  const GreyImage image = draw_preview(volume, after, {0, 100, 10});
  const int residual = 2 * 244;
  EXPECT_EQ(image.pixels[residual], 128);
  const auto [x, y] = bright_centre(image, 0, 0, 240, 180);
  const int inside = static_cast<int>(y * 180) * image.width + residual + static_cast<int>(x * 240);
  EXPECT_EQ(image.pixels[static_cast<size_t>(inside)], 255);
}

}  // namespace
}  // namespace voxprior
