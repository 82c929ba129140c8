#include "io/dicom/write/decimal_string.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace voxprior {
namespace {

TEST(DecimalString, KeepsShortNumbersAsPeopleWriteThem) {
  EXPECT_EQ(decimal_string(0), "0");
  EXPECT_EQ(decimal_string(-0.0), "0");
  EXPECT_EQ(decimal_string(2.5), "2.5");
  EXPECT_EQ(decimal_string(-1024), "-1024");
  EXPECT_EQ(decimal_string(0.1), "0.1");
}

TEST(DecimalString, NeverPassesSixteenCharactersAndLosesLessThanAMicrometre) {
  for (const double value : {-123.45678901234567, 1.0 / 3, -1.0 / 3e-5, 6.123233995736766e-17, -6.123233995736766e-17,
                             0.00001234567890123456, -9876.54321987654321, 0.8980469999999999}) {
    const std::string text = decimal_string(value);
    EXPECT_LE(text.size(), 16u) << text;
    EXPECT_NEAR(std::stod(text), value, 1e-9 * std::max(1., std::abs(value))) << text;
    EXPECT_EQ(rounded_to_decimal_string(value), std::stod(text));
  }
}

TEST(DecimalString, UsesExponentsWherePlainDigitsDoNotFit) {
  EXPECT_EQ(decimal_string(-1e-300), "-1e-300");
  EXPECT_EQ(decimal_string(1.7976931348623157e308).size(), 16u);
}

}  // namespace
}  // namespace voxprior
