#include "workflows/report/colours.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace voxprior {
namespace {

int channel(const Palette& palette, int index, int c) { return palette[static_cast<std::size_t>(3 * index + c)]; }

TEST(Colours, DivergingIsNeutralAndDarkInTheMiddleAndBrightAtTheEnds) {
  const Palette palette = palette_of(Colours::diverging);
  for (const int middle : {127, 128})
    for (int c = 0; c < 3; ++c) EXPECT_LT(channel(palette, middle, c), 20);
  EXPECT_GT(channel(palette, 0, 2), channel(palette, 0, 0));      // blue below
  EXPECT_GT(channel(palette, 255, 0), channel(palette, 255, 2));  // orange above
  for (const int end : {0, 255}) EXPECT_GT(std::max(channel(palette, end, 0), channel(palette, end, 2)), 250);
}

TEST(Colours, HeatGrowsBrighterAllTheWay) {
  const Palette palette = palette_of(Colours::heat);
  const auto luminance = [&](int i) {
    return 0.2126 * channel(palette, i, 0) + 0.7152 * channel(palette, i, 1) + 0.0722 * channel(palette, i, 2);
  };
  for (int i = 8; i < 256; i += 8) EXPECT_GT(luminance(i), luminance(i - 8)) << i;
}

TEST(Colours, ViewerAndPicturesUseTheSameStops) {
  for (const Colours colours : {Colours::diverging, Colours::heat}) {
    const Palette palette = palette_of(colours);
    const auto stops = niivue_palette(colours);
    for (std::size_t s = 0; s < stops["I"].size(); ++s) {
      EXPECT_EQ(channel(palette, stops["I"][s], 0), stops["R"][s]);
      EXPECT_EQ(channel(palette, stops["I"][s], 1), stops["G"][s]);
      EXPECT_EQ(channel(palette, stops["I"][s], 2), stops["B"][s]);
    }
  }
}

}  // namespace
}  // namespace voxprior
