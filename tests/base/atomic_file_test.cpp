#include "base/atomic_file.h"

#include <gmock/gmock.h>

#include <cstring>

#include "tests/support/file_size_limit.h"
#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/small_disk.h"

namespace voxprior {
namespace {

using test::bytes_of;
using test::put_bytes;
using test::refusal;
using test::ScratchFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(AtomicFile, HoldsWhatWasWrittenAndLeavesNothingElse) {
  const ScratchFolder scratch;
  AtomicFile file(scratch / "a.txt", Overwrite::no);
  file.write("one ");
  file.write("two");
  EXPECT_FALSE(std::filesystem::exists(scratch / "a.txt"));
  file.commit();
  EXPECT_EQ(bytes_of(scratch / "a.txt"), "one two");
  EXPECT_THAT(scratch.names(), ElementsAre("a.txt"));
}

TEST(AtomicFile, WithoutCommitLeavesNothing) {
  const ScratchFolder scratch;
  EXPECT_THROW(
      {
        AtomicFile file(scratch / "a.txt", Overwrite::no);
        file.write("half");
        throw std::runtime_error("something else went wrong");
      },
      std::runtime_error);
  EXPECT_THAT(scratch.names(), IsEmpty());
}

TEST(AtomicFile, WithoutCommitKeepsTheFileThatWasThere) {
  const ScratchFolder scratch;
  put_bytes(scratch / "a.txt", "old");
  { AtomicFile(scratch / "a.txt", Overwrite::yes).write("half"); }
  EXPECT_EQ(bytes_of(scratch / "a.txt"), "old");
  EXPECT_THAT(scratch.names(), ElementsAre("a.txt"));
}

TEST(AtomicFile, RefusesToReplaceUnlessAskedTo) {
  const ScratchFolder scratch;
  put_bytes(scratch / "a.txt", "old");
  EXPECT_THAT(refusal(ExitCode::output, [&] { write_file(scratch / "a.txt", "new", Overwrite::no); }),
              HasSubstr("exists"));
  EXPECT_EQ(bytes_of(scratch / "a.txt"), "old");
  write_file(scratch / "a.txt", "new", Overwrite::yes);
  EXPECT_EQ(bytes_of(scratch / "a.txt"), "new");
  EXPECT_THAT(scratch.names(), ElementsAre("a.txt"));
}

TEST(AtomicFile, DoesNotReplaceAFileThatAppearedMeanwhile) {
  const ScratchFolder scratch;
  {
    AtomicFile file(scratch / "a.txt", Overwrite::no);
    file.write("ours");
    put_bytes(scratch / "a.txt", "theirs");
    EXPECT_THAT(refusal(ExitCode::output, [&] { file.commit(); }), HasSubstr("appeared"));
  }
  EXPECT_EQ(bytes_of(scratch / "a.txt"), "theirs");
  EXPECT_THAT(scratch.names(), ElementsAre("a.txt"));
}

TEST(AtomicFile, OfTwoWritersOfOneNameTheFirstToCommitWins) {
  const ScratchFolder scratch;
  AtomicFile first(scratch / "a.txt", Overwrite::no);
  AtomicFile second(scratch / "a.txt", Overwrite::no);  // must not take the first one's file for abandoned
  first.write("first");
  second.write("second");
  second.commit();
  EXPECT_THAT(refusal(ExitCode::output, [&] { first.commit(); }), HasSubstr("appeared"));
  EXPECT_EQ(bytes_of(scratch / "a.txt"), "second");
}

TEST(AtomicFile, AWriteThatFailsHalfwayLeavesNothingAndKeepsTheOldFile) {
  const ScratchFolder scratch;
  put_bytes(scratch / "a.txt", "old");
  const test::FileSizeLimit limit(1000);
  EXPECT_THAT(refusal(ExitCode::output, [&] { write_file(scratch / "a.txt", std::string(5000, 'x'), Overwrite::yes); }),
              HasSubstr(std::strerror(EFBIG)));
  EXPECT_EQ(bytes_of(scratch / "a.txt"), "old");
  EXPECT_THAT(scratch.names(), ElementsAre("a.txt"));
}

TEST(AtomicFile, AFullDiskLeavesNothingAndKeepsTheOldFile) {
  const ScratchFolder scratch;
  const test::SmallDisk disk(scratch.path(), 64);
  if (!disk.mounted()) GTEST_SKIP() << "cannot mount a small disk: " << std::strerror(errno);
  put_bytes(scratch / "a.txt", "old");
  EXPECT_THAT(
      refusal(ExitCode::output, [&] { write_file(scratch / "a.txt", std::string(200000, 'x'), Overwrite::yes); }),
      HasSubstr(std::strerror(ENOSPC)));
  EXPECT_EQ(bytes_of(scratch / "a.txt"), "old");
  EXPECT_THAT(scratch.names(), ElementsAre("a.txt"));
}

TEST(AtomicFile, CommitsWhatALibraryPutUnderTheTemporaryName) {
  const ScratchFolder scratch;
  AtomicFile file(scratch / "brain.nii.gz", Overwrite::no);
  EXPECT_EQ(file.temporary_path().extension(), ".gz");
  EXPECT_EQ(file.temporary_path().stem().extension(), ".nii");
  std::filesystem::remove(file.temporary_path());  // some libraries replace instead of truncating
  put_bytes(file.temporary_path(), "from the library");
  file.commit();
  EXPECT_EQ(bytes_of(scratch / "brain.nii.gz"), "from the library");
  EXPECT_THAT(scratch.names(), ElementsAre("brain.nii.gz"));
}

TEST(AtomicFile, ALostTemporaryFileIsAnError) {
  const ScratchFolder scratch;
  AtomicFile file(scratch / "a.txt", Overwrite::no);
  std::filesystem::remove(file.temporary_path());
  EXPECT_THAT(refusal(ExitCode::output, [&] { file.commit(); }), HasSubstr("temporary file is gone"));
}

TEST(AtomicFile, WritesNamesAsLongAsTheFileSystemAllows) {
  const ScratchFolder scratch;
  const std::string name(255, 'n');
  write_file(scratch / name, "x", Overwrite::no);
  EXPECT_THAT(scratch.names(), ElementsAre(name));
}

TEST(AtomicFile, WritesIntoTheCurrentFolderByBareName) {
  const ScratchFolder scratch;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(scratch.path());
  write_file("bare.txt", "x", Overwrite::no);
  std::filesystem::current_path(before);
  EXPECT_THAT(scratch.names(), ElementsAre("bare.txt"));
}

TEST(CheckWritable, RefusesBeforeAnyWorkWhatCannotBeWritten) {
  const ScratchFolder scratch;
  put_bytes(scratch / "a.txt", "old");
  const auto reason = [&](const std::filesystem::path& path) {
    return refusal(ExitCode::output, [&] { check_writable(path, Overwrite::no); });
  };
  EXPECT_THAT(reason(scratch / "a.txt"), HasSubstr("exists"));
  EXPECT_THAT(reason(scratch.path()), HasSubstr("is a folder"));
  EXPECT_THAT(reason(scratch / "missing/b.txt"), HasSubstr("does not exist"));
  EXPECT_THAT(reason(scratch / "a.txt/b.txt"), HasSubstr("does not exist"));
  EXPECT_THAT(reason(""), HasSubstr("not the name of a file"));
  EXPECT_NO_THROW(check_writable(scratch / "a.txt", Overwrite::yes));
  EXPECT_NO_THROW(check_writable(scratch / "new.txt", Overwrite::no));
  EXPECT_THAT(scratch.names(), ElementsAre("a.txt"));
}

TEST(PlaceFile, GivesAFinishedFileItsNameAndNeverReplaces) {
  const ScratchFolder scratch;
  for (const Flush flush : {Flush::to_disk, Flush::to_kernel}) {
    put_bytes(scratch / "incoming", "new");
    EXPECT_TRUE(place_file(scratch / "incoming", scratch / "placed", flush));
    EXPECT_EQ(bytes_of(scratch / "placed"), "new");
    put_bytes(scratch / "incoming", "other");
    EXPECT_FALSE(place_file(scratch / "incoming", scratch / "placed", flush));
    EXPECT_EQ(bytes_of(scratch / "placed"), "new");
    EXPECT_EQ(bytes_of(scratch / "incoming"), "other") << "it is the caller's";
    std::filesystem::remove(scratch / "placed");
  }
  EXPECT_THAT(refusal(ExitCode::output, [&] { place_file(scratch / "gone", scratch / "x", Flush::to_disk); }),
              HasSubstr("cannot be opened"));
  EXPECT_THAT(refusal(ExitCode::output, [&] { place_file(scratch / "incoming", scratch / "no/x", Flush::to_disk); }),
              HasSubstr("cannot rename"));
}

TEST(CheckWritable, NeverReplacesADevice) {
  EXPECT_THAT(refusal(ExitCode::output, [] { check_writable("/dev/null", Overwrite::yes); }),
              HasSubstr("not a regular file"));
}

}  // namespace
}  // namespace voxprior
