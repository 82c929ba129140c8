#include "workflows/compare/line_chart.h"

#include <limits>
#include <set>

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

TEST(LineChart, AReferenceIsDashedAndWithinTheAxes) {
  const std::string svg = line_chart({{"gan", {0, 10}, {2, 4}}}, "s", "KID", 1);
  EXPECT_THAT(svg, HasSubstr("M58.0 124.0L370.0 12.0"));
  EXPECT_THAT(svg, HasSubstr("<path d='M58 180.0H370' stroke='#555' stroke-dasharray"));
  EXPECT_THAT(line_chart({{"gan", {0, 10}, {2, 4}}}, "s", "KID"), Not(HasSubstr("dasharray")));
}

TEST(LineChart, ValuesOfManyMagnitudesAreLogarithmic) {
  const std::string svg = line_chart({{"gan", {0, 5, 10}, {1, 100, 10000}}}, "s", "KID", 0);
  EXPECT_THAT(svg, HasSubstr("M58.0 180.0L214.0 96.0L370.0 12.0"));
  EXPECT_THAT(svg, HasSubstr("KID (logarithmic)"));
  EXPECT_THAT(svg, Not(HasSubstr("dasharray")));
  EXPECT_THAT(line_chart({{"gan", {0, 5, 10}, {0, 100, 10000}}}, "s", "KID"), Not(HasSubstr("logarithmic")));
}

TEST(LineChart, TimeBeginsAtZeroAndALonePointIsSeen) {
  const std::string svg = line_chart({{"gan", {5, 10}, {0, 1}}, {"diffusion", {5}, {1}}}, "s", "loss");
  EXPECT_THAT(svg, HasSubstr("M214.0 180.0L370.0 12.0"));
  EXPECT_THAT(svg, HasSubstr("<circle cx='214.0' cy='12.0'"));
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

/// The attribute that gives the line of a chart with one line its colour.
std::string stroke_of_only_line(std::size_t colour) {
  const std::string svg = line_chart({{"", {0, 1}, {0, 1}, colour}}, "s", "y");
  const std::size_t at = svg.rfind(" stroke='#");
  return svg.substr(at, svg.find("' ", at) + 1 - at);
}

TEST(LineChart, LinesOfOneColourShareTheirPlaceInTheLegend) {
  const std::string svg =
      line_chart({{"gan", {0, 1}, {0, 1}, 3}, {"", {0, 1}, {1, 2}, 3, true}, {"other", {}, {}, 1}}, "s", "y");
  EXPECT_EQ(count(svg, stroke_of_only_line(3)), 2u);
  EXPECT_EQ(count(svg, "y='212'"), 1u);
  EXPECT_EQ(count(svg, "<circle"), 2u);
}

TEST(LineChart, ColoursDiffer) {
  std::set<std::string> colours;
  for (std::size_t n = 0; n < 6; ++n) colours.insert(stroke_of_only_line(n));
  EXPECT_EQ(colours.size(), 6u);
}

TEST(LineChart, NamesCannotBreakThePage) {
  EXPECT_THAT(line_chart({{"<script>", {0, 1}, {0, 1}}}, "s", "a & b"), Not(HasSubstr("<script>")));
}

}  // namespace
}  // namespace voxprior
