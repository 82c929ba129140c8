#include "workflows/cli/arguments.h"

#include <gmock/gmock.h>

#include <boost/program_options.hpp>

#include "tests/support/refusal.h"

namespace voxprior {
namespace {

using testing::HasSubstr;

struct Parsed {
  std::string in, out, kind;
  double sigma = 0;
  long long tile = 0;
  bool force = false;

  explicit Parsed(const std::vector<std::string>& words) {
    Arguments arguments;
    arguments.positional("IN", &in, "input")
        .positional("OUT", &out, "output")
        .option("kind", choice(&kind, "--kind", {"red", "blue"}), "kind")
        .option("sigma", positive(&sigma, "--sigma"), "sigma")
        .option("tile", at_least(8, &tile, "--tile"), "tile")
        .flag("force", &force, "force");
    arguments.parse(words);
  }
};

std::string refused(const std::vector<std::string>& words) {
  return test::refusal(ExitCode::usage, [&] { Parsed parsed(words); });
}

TEST(Arguments, FillsValuesAndDefaults) {
  const Parsed parsed({"a file.nii", "--sigma", "2.5", "--force", "b.nii", "--tile=16"});
  EXPECT_EQ(parsed.in, "a file.nii");  // with its space
  EXPECT_EQ(parsed.out, "b.nii");
  EXPECT_EQ(parsed.kind, "red");
  EXPECT_EQ(parsed.sigma, 2.5);
  EXPECT_EQ(parsed.tile, 16);
  EXPECT_TRUE(parsed.force);
}

TEST(Arguments, TakesNamesWithDashesBehindTwoDashes) { EXPECT_EQ(Parsed({"--", "-a", "--b"}).out, "--b"); }

TEST(Arguments, NamesWhatIsWrong) {
  EXPECT_THAT(refused({"a"}), HasSubstr("OUT is missing"));
  EXPECT_THAT(refused({"a", "b", "c"}), HasSubstr("unexpected argument 'c'"));
  EXPECT_THAT(refused({"a", ""}), HasSubstr("OUT is empty"));
  EXPECT_THAT(refused({"a", "b", "--sgima", "2"}), HasSubstr("--sgima"));
  EXPECT_THAT(refused({"a", "b", "-f"}), HasSubstr("'-f'"));
  EXPECT_THAT(refused({"a", "b", "--sigma"}), HasSubstr("--sigma"));
  EXPECT_THAT(refused({"a", "b", "--sigma", "abc"}), HasSubstr("--sigma"));
  EXPECT_THAT(refused({"a", "b", "--sigma", "1", "--sigma", "2"}), HasSubstr("--sigma"));
  EXPECT_THAT(refused({"a", "b", "--kind", "green"}), HasSubstr("--kind: 'green' is none of red, blue"));
  EXPECT_THAT(refused({"a", "b", "--tile", "7"}), HasSubstr("--tile: must be at least 8, got 7"));
  EXPECT_THAT(refused({"a", "b", "--tile", "1e3"}), HasSubstr("--tile"));
}

TEST(Arguments, RefusesNumbersThatAreNoStrength) {
  for (const char* number : {"0", "-1", "nan", "inf", "1x"}) {
    EXPECT_THAT(refused({"a", "b", "--sigma", number}), HasSubstr("--sigma")) << number;
  }
}

TEST(Arguments, RefusesAbbreviatedOptions) { EXPECT_THAT(refused({"a", "b", "--sig", "2"}), HasSubstr("--sig")); }

TEST(ParsePositive, WantsTheWholeTextToBeAPositiveNumber) {
  EXPECT_EQ(parse_positive("--peak", "1.5e3"), 1500);
  for (const char* text : {"", "abc", "1 2", "3mm", "0", "-2", "nan", "inf", "1e999"}) {
    EXPECT_THAT(test::refusal(ExitCode::usage, [&] { parse_positive("--peak", text); }), HasSubstr("--peak")) << text;
  }
}

}  // namespace
}  // namespace voxprior
