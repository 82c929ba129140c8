#include "workflows/compare/line_chart.h"

#include <limits>

namespace voxprior {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(LineChart, PutsTheExtremesAtTheEndsOfTheAxes) {
  const std::string svg = line_chart({{"seed 0", {0, 5, 10}, {2, 1, 4}}}, "s", "loss");
  EXPECT_THAT(svg, HasSubstr("M58.0 124.0L214.0 180.0L370.0 12.0"));
}

TEST(LineChart, ALineThatDivergesEndsWithACross) {
  const std::string svg = line_chart({{"seed 0", {0, 5, 10}, {2, 1, kNan}}}, "s", "loss");
  EXPECT_THAT(svg, HasSubstr("&#10005;"));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(line_chart({{"seed 0", {0, 5}, {2, 1}}}, "s", "loss"), Not(HasSubstr("&#10005;")));
}

TEST(LineChart, NamesCannotBreakThePage) {
  EXPECT_THAT(line_chart({{"<script>", {0, 1}, {0, 1}}}, "s", "a & b"), Not(HasSubstr("<script>")));
}

}  // namespace
}  // namespace voxprior
