#include "pipeline/metrics/dice.h"

namespace voxprior {
namespace {

using Labels = std::vector<std::uint8_t>;

TEST(Dice, IsTwiceTheOverlapOverTheSum) {
  EXPECT_DOUBLE_EQ(mean_dice({1, 1, 1, 0}, {0, 1, 1, 1}, 1), 4. / 6);
  EXPECT_DOUBLE_EQ(mean_dice({1, 2, 1, 2}, {1, 2, 1, 2}, 2), 1);
  EXPECT_DOUBLE_EQ(mean_dice({1, 1, 0, 0}, {0, 0, 1, 1}, 1), 0);
}

TEST(Dice, IsTheMeanOverLabelsThatEitherHas) {
  EXPECT_DOUBLE_EQ(mean_dice({1, 0, 2, 2}, {1, 0, 2, 0}, 3), (1 + 2. / 3) / 2);
  EXPECT_DOUBLE_EQ(mean_dice({0, 0}, {0, 3}, 3), 0);
  EXPECT_DOUBLE_EQ(mean_dice({0, 0}, {0, 0}, 3), 1);
}

}  // namespace
}  // namespace voxprior
