// What holds for every command: help, version, manual pages, wrong command lines, and that none of it loads LibTorch.
#include <filesystem>

#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

using test::bytes_of;
using test::expect_refused;
using test::Outcome;
using test::voxprior_run;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using CommandLine = test::WorkflowTest;

const std::vector<std::vector<std::string>> kCommands{{"info"},     {"convert"},   {"denoise"}, {"train", "denoiser"},
                                                      {"evaluate"}, {"add-noise"}, {"docs"}};

std::vector<std::string> with(std::vector<std::string> words, const std::string& word) {
  words.push_back(word);
  return words;
}

/// Whether the process opened a file of LibTorch, told by the dynamic loader itself.
bool loads_libtorch(const std::vector<std::string>& words) {
  return voxprior_run(words, {{"LD_DEBUG", "files"}}).err.find("libtorch") != std::string::npos;
}

TEST_F(CommandLine, HelpOfEveryCommandIsQuickAndLoadsNoLibTorch) {
  for (const auto& command : kCommands) {
    const Outcome outcome = voxprior_run(with(command, "--help"));
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_EQ(outcome.err, "");
    EXPECT_THAT(outcome.out, HasSubstr("usage: voxprior " + command[0]));
    EXPECT_FALSE(loads_libtorch(with(command, "--help")));
  }
}

TEST_F(CommandLine, CommandsThatComputeNothingLearnedLoadNoLibTorch) {
  const std::string volume = test::testdata("brain_t1_crop.nii.gz");
  EXPECT_FALSE(loads_libtorch({"--version"}));
  EXPECT_FALSE(loads_libtorch({"info", volume}));
  EXPECT_FALSE(loads_libtorch({"evaluate", volume, volume}));
  EXPECT_FALSE(loads_libtorch({"denoise", file("missing.nii"), file("out.nii")}));
  EXPECT_TRUE(loads_libtorch({"denoise", volume, file("out.nii"), "--sigma", "50", "--model", VOXPRIOR_RANDOM_MODEL}));
}

TEST_F(CommandLine, OverviewListsCommandsThatAUserNeeds) {
  const Outcome outcome = voxprior_run({"--help"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_FALSE(loads_libtorch({"--help"}));
  EXPECT_THAT(outcome.out, HasSubstr("\n  train denoiser "));
  EXPECT_THAT(outcome.out, Not(HasSubstr("\n  docs ")));
  EXPECT_THAT(outcome.out, HasSubstr("Research use only"));
}

TEST_F(CommandLine, VersionIsOneLine) {
  const Outcome outcome = voxprior_run({"--version"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, testing::MatchesRegex("voxprior [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST_F(CommandLine, NoCommandOrAnUnknownOneIsMisuse) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{}, {"denoize"}, {"train"}, {"--verbose"}}) {
    const Outcome outcome = voxprior_run(words);
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_EQ(outcome.error_lines(), 1) << outcome.err;
    EXPECT_THAT(outcome.err, StartsWith("voxprior: "));
  }
}

TEST_F(CommandLine, UnknownOptionsAndMissingArgumentsAreMisuseOfEveryCommand) {
  for (const auto& command : kCommands) {
    const std::string name = command.size() == 2 ? command[0] + " " + command[1] : command[0];
    expect_refused(voxprior_run(command), 2, name);
    const Outcome outcome = voxprior_run(with(command, "--no-such-option"));
    expect_refused(outcome, 2, name);
    EXPECT_THAT(outcome.err, HasSubstr("--no-such-option"));
  }
}

TEST_F(CommandLine, BadValuesOfDenoiseNameTheOption) {
  const std::vector<std::pair<std::string, std::string>> bad{
      {"--sigma", "-1"},     {"--sigma", "much"},    {"--noise", "pink"},     {"--device", "tpu"},
      {"--tile", "4"},       {"--memory", "lots"},   {"--progress", "fancy"}, {"--volume", "-1"},
      {"--max-voxels", "0"}, {"--nonfinite", "one"}, {"--preview", "a.jpg"}};
  for (const auto& [option, value] : bad) {
    const Outcome outcome = denoise(test::testdata("brain_t1_crop.nii.gz"), file("out.nii"), {option, value});
    expect_refused(outcome, 2, "denoise");
    EXPECT_THAT(outcome.err, HasSubstr(option));
  }
  EXPECT_THAT(scratch_.names(), testing::IsEmpty());
}

TEST_F(CommandLine, ManualPagesInTheRepositoryAreThoseOfTheProgram) {
  ASSERT_EQ(voxprior_run({"docs", scratch_.path().string()}).exit_code, 0);
  ASSERT_GE(scratch_.names().size(), 7u);
  for (const std::string& page : scratch_.names()) {
    EXPECT_TRUE(bytes_of(scratch_ / page) == bytes_of(std::filesystem::path(VOXPRIOR_COMMAND_PAGES) / page))
        << page << " is out of date: run voxprior docs docs/commands";
  }
}

TEST_F(CommandLine, ResultsThatCannotBePrintedAreAnError) {
  const std::string full = "exec '" + test::program() + "' --version > /dev/full";
  test::Process shell("/bin/sh", {"-c", full});
  EXPECT_EQ(shell.wait().exit_code, 5);
}

TEST_F(CommandLine, ALineBreakInANameDoesNotBreakTheLine) {
  expect_refused(denoise(file("two\nlines.nii"), file("out.nii")), 3, "denoise");
}

}  // namespace
}  // namespace voxprior
