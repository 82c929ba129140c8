#include "io/dicom/write/requantise.h"

#include <gtest/gtest.h>

#include <numeric>

namespace voxprior {
namespace {

PixelCoding coding_of(int bits, bool is_signed, double slope = 1, double intercept = 0) {
  PixelCoding coding;
  coding.bits_stored = bits;
  coding.is_signed = is_signed;
  coding.slope = slope;
  coding.intercept = intercept;
  return coding;
}

/// Every stored value there is.
std::vector<std::int32_t> all_values(const PixelCoding& coding) {
  std::vector<std::int32_t> stored(static_cast<std::size_t>(coding.greatest() - coding.least() + 1));
  std::iota(stored.begin(), stored.end(), static_cast<std::int32_t>(coding.least()));
  return stored;
}

std::vector<float> real_values(const PixelCoding& coding, const std::vector<std::int32_t>& stored) {
  std::vector<float> values;
  for (const std::int32_t value : stored) values.push_back(real_value(coding, value));
  return values;
}

TEST(Requantise, WhatWasNotChangedComesBackBitForBit) {
  for (PixelCoding coding : {coding_of(16, false, 0.0123, -17.3), coding_of(16, true), coding_of(12, true, 1, -1024),
                             coding_of(8, false, 3.7, 1e6)}) {
    for (const bool monochrome1 : {false, true}) {
      coding.monochrome1 = monochrome1;
      const std::vector<std::int32_t> source = all_values(coding);
      std::vector<std::int32_t> stored = source;
      const RequantiseCounts counts = requantise(coding, real_values(coding, source).data(), stored);
      EXPECT_EQ(stored, source);
      EXPECT_EQ(counts.saturated, 0);
    }
  }
}

TEST(Requantise, ThirtyTwoBitsThatFloatCannotTellApartComeBackToo) {
  const PixelCoding coding = coding_of(31, true);
  const std::vector<std::int32_t> source{1000000001, 1000000002, -1000000003};
  std::vector<std::int32_t> stored = source;
  requantise(coding, real_values(coding, source).data(), stored);
  EXPECT_EQ(stored, source);
}

TEST(Requantise, RoundsToTheNearestStoredValue) {
  const PixelCoding coding = coding_of(12, false, 0.5, -1024);  // -1000 HU is stored as 48
  const std::vector<float> values{-1000.F, -999.8F, -999.7F, -999.2F};
  std::vector<std::int32_t> stored(4, 7);
  EXPECT_EQ(requantise(coding, values.data(), stored).saturated, 0);
  EXPECT_EQ(stored, (std::vector<std::int32_t>{48, 48, 49, 50}));
}

TEST(Requantise, SaturatesAtTheStoredBitsAndCounts) {
  const std::vector<float> values{-1, 4095, 4096, 70000};
  std::vector<std::int32_t> stored(4, 7);
  EXPECT_EQ(requantise(coding_of(12, false), values.data(), stored).saturated, 3);
  EXPECT_EQ(stored, (std::vector<std::int32_t>{0, 4095, 4095, 4095}));

  const std::vector<float> signed_values{-2049, -2048, 2047, 2048};
  std::vector<std::int32_t> signed_stored(4, 7);
  EXPECT_EQ(requantise(coding_of(12, true), signed_values.data(), signed_stored).saturated, 2);
  EXPECT_EQ(signed_stored, (std::vector<std::int32_t>{-2048, -2048, 2047, 2047}));
}

TEST(Requantise, MonochromeOneIsStoredUpsideDown) {
  PixelCoding coding = coding_of(8, false);
  coding.monochrome1 = true;
  std::vector<std::int32_t> stored(3, 7);
  const std::vector<float> values{0, 1, 255};
  requantise(coding, values.data(), stored);
  EXPECT_EQ(stored, (std::vector<std::int32_t>{255, 254, 0}));
}

TEST(Requantise, PaddingStaysAndNothingElseBecomesPadding) {
  PixelCoding coding = coding_of(16, true);
  coding.padding_first = coding.padding_last = -2000;
  std::vector<std::int32_t> stored{-2000, -2000, 5, 5};
  const std::vector<float> values{12, -2000, -2000, 6};
  const RequantiseCounts counts = requantise(coding, values.data(), stored);
  EXPECT_EQ(stored, (std::vector<std::int32_t>{-2000, -2000, -1999, 6}));
  EXPECT_EQ(counts.kept_padding, 2);
  EXPECT_EQ(counts.off_padding, 1);
}

TEST(Requantise, PaddingAtTheEndOfTheRangeIsLeftOnTheInside) {
  PixelCoding coding = coding_of(12, false);
  coding.padding_first = 0;
  coding.padding_last = 9;
  std::vector<std::int32_t> stored{100, 100};
  const std::vector<float> values{0, 9};
  EXPECT_EQ(requantise(coding, values.data(), stored).off_padding, 2);
  EXPECT_EQ(stored, (std::vector<std::int32_t>{10, 10}));
}

}  // namespace
}  // namespace voxprior
