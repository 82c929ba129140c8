#include "io/dicom/deidentify/dates.h"

#include <gtest/gtest.h>

namespace voxprior {
namespace {

// Expected dates: `date -d "2004-01-19 -1000 days"` and the like (GNU coreutils).
TEST(ShiftedDate, FollowsTheGregorianCalendar) {
  EXPECT_EQ(shifted_date("20040119", -1000), "20010424");
  EXPECT_EQ(shifted_date("20040119", 1000), "20061015");
  EXPECT_EQ(shifted_date("20240301", -1), "20240229");
  EXPECT_EQ(shifted_date("19000228", 1), "19000301");
  EXPECT_EQ(shifted_date("20000228", 1), "20000229");
  EXPECT_EQ(shifted_date("20231231", 1), "20240101");
  EXPECT_EQ(shifted_date("19991231", -36524), "18991231");
}

TEST(ShiftedDate, ComesBackWithTheOppositeShift) {
  for (const int days : {1, 30, 365, 366, 3679, 100000}) {
    const auto there = shifted_date("20040229", -days);
    ASSERT_TRUE(there);
    EXPECT_EQ(shifted_date(*there, days), "20040229");
  }
}

TEST(ShiftedDate, TakesPaddingSeveralValuesAndTheOldForm) {
  EXPECT_EQ(shifted_date("20040119 ", 1), "20040120");
  EXPECT_EQ(shifted_date("20040119\\20040131", 1), "20040120\\20040201");
  EXPECT_EQ(shifted_date("2004.01.19", 1), "20040120");
  EXPECT_EQ(shifted_date("", 1), "");
}

TEST(ShiftedDate, RefusesWhatIsNoDate) {
  for (const char* text : {"20041301", "20040230", "20040100", "2004", "200401", "19 Jan 2004", "20040119-20040120"}) {
    EXPECT_EQ(shifted_date(text, 1), std::nullopt) << text;
  }
  EXPECT_EQ(shifted_date("00010101", -1), std::nullopt);
  EXPECT_EQ(shifted_date("99991231", 1), std::nullopt);
}

TEST(ShiftedDatetime, MovesTheDayAndKeepsTimeAndOffset) {
  EXPECT_EQ(shifted_datetime("20040131235959.123456+0100", 1), "20040201235959.123456+0100");
  EXPECT_EQ(shifted_datetime("20040131", -31), "20031231");
  EXPECT_EQ(shifted_datetime("2004", 1), std::nullopt);
  EXPECT_EQ(shifted_datetime("20040131 for Rose", 1), std::nullopt);
}

TEST(TimesAndOffsets, HoldNothingElse) {
  EXPECT_TRUE(is_time("101500.123456 "));
  EXPECT_FALSE(is_time("10 a.m."));
  EXPECT_TRUE(is_offset_from_utc("+0130"));
  EXPECT_FALSE(is_offset_from_utc("Berlin"));
  EXPECT_FALSE(is_offset_from_utc("01304"));
}

}  // namespace
}  // namespace voxprior
