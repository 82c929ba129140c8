#include "io/dicom/write/series_folder.h"

#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

Names names_in(const fs::path& folder) {
  Names names;
  for (const auto& entry : fs::directory_iterator(folder)) names.insert(entry.path().filename().string());
  return names;
}

void write_series(const fs::path& folder, int files, Overwrite overwrite = Overwrite::no) {
  SeriesFolder series(folder, overwrite);
  for (int n = 0; n < files; ++n) series.add("file " + std::to_string(n));
  series.commit();
}

TEST(SeriesFolder, AppearsWholeUnderItsNameWithFilesNamedByIndex) {
  const test::ScratchFolder scratch;
  {
    SeriesFolder series(scratch / "out", Overwrite::no);
    series.add("first");
    series.add("second");
    EXPECT_FALSE(fs::exists(scratch / "out"));
    series.commit();
  }
  EXPECT_EQ(scratch.names(), Names{"out"});
  EXPECT_EQ(names_in(scratch / "out"), (Names{"0001.dcm", "0002.dcm"}));
  EXPECT_EQ(test::bytes_of(scratch / "out" / "0002.dcm"), "second");
}

TEST(SeriesFolder, LeavesNothingWithoutCommit) {
  const test::ScratchFolder scratch;
  { SeriesFolder(scratch / "out", Overwrite::no).add("first"); }
  EXPECT_EQ(scratch.names(), Names{});
}

TEST(SeriesFolder, WhatAKilledProcessLeftIsRemovedByTheNextForTheSameFolderAlone) {
  const test::ScratchFolder scratch;
  fs::create_directory(scratch / ".part-4194304-0-out");
  test::put_bytes(scratch / ".part-4194304-0-out" / "0001.dcm", "half");
  fs::create_directory(scratch / ".part-4194304-0-other");
  const SeriesFolder living(scratch / "out", Overwrite::no);
  write_series(scratch / "out", 1);
  const Names left = scratch.names();
  EXPECT_EQ(left.count(".part-4194304-0-out"), 0u);
  EXPECT_EQ(left.count(".part-4194304-0-other"), 1u);
  EXPECT_EQ(left.size(), 3u);  // and the series, and the folder of the writer that lives
}

TEST(SeriesFolder, TakesAnEmptyFolderAndANameThatEndsInASlash) {
  const test::ScratchFolder scratch;
  fs::create_directory(scratch / "out");
  write_series(scratch.path() / "out/", 1);
  EXPECT_EQ(names_in(scratch / "out"), Names{"0001.dcm"});
}

TEST(SeriesFolder, RefusesFoldersThatHoldFiles) {
  const test::ScratchFolder scratch;
  write_series(scratch / "out", 3);
  test::refusal(ExitCode::output, [&] { write_series(scratch / "out", 1); });
  EXPECT_EQ(names_in(scratch / "out").size(), 3u);
}

TEST(SeriesFolder, OverwritesASeriesAsAWhole) {
  const test::ScratchFolder scratch;
  write_series(scratch / "out", 3);
  write_series(scratch / "out", 1, Overwrite::yes);
  EXPECT_EQ(names_in(scratch / "out"), Names{"0001.dcm"});
  EXPECT_EQ(scratch.names(), Names{"out"});
}

TEST(SeriesFolder, NeverOverwritesFilesThatAreNoSeriesOfOurs) {
  const test::ScratchFolder scratch;
  write_series(scratch / "out", 1);
  test::put_bytes(scratch / "out" / "thesis.txt", "years of work");
  test::refusal(ExitCode::output, [&] { write_series(scratch / "out", 1, Overwrite::yes); });
  EXPECT_EQ(test::bytes_of(scratch / "out" / "thesis.txt"), "years of work");
}

TEST(SeriesFolder, RefusesFilesAndMissingParents) {
  const test::ScratchFolder scratch;
  test::put_bytes(scratch / "file", "x");
  test::refusal(ExitCode::output, [&] { write_series(scratch / "file", 1, Overwrite::yes); });
  test::refusal(ExitCode::output, [&] { write_series(scratch / "missing" / "out", 1); });
}

}  // namespace
}  // namespace voxprior
