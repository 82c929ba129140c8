#include "workflows/batch/case_marker.h"

#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

class CaseMarker : public testing::Test {
 protected:
  CaseMarker() : store_(scratch_ / "work") {
    test::put_bytes(scratch_ / "in.nii", "input");
    test::put_bytes(scratch_ / "out.nii", "output");
    one_.name = "in.nii";
    one_.files = {scratch_ / "in.nii"};
    DoneCase done{"settings", state_of("in.nii"), {"out.nii"}, state_of("out.nii"), {{"notices", {"a notice"}}}};
    store_.put(one_.name, marker_of(one_, done));
  }

  FileState state_of(const std::string& name) const {
    return {stamp_of({scratch_ / name}), sha256_of_files({scratch_ / name})};
  }
  bool done(const std::string& settings = "settings") const { return is_done(one_, settings, scratch_.path(), store_); }

  void age(const std::string& name) const {
    fs::last_write_time(scratch_ / name, fs::file_time_type::clock::now() - std::chrono::hours(1));
  }

  test::ScratchFolder scratch_;
  CaseStore store_;
  BatchCase one_;
};

TEST_F(CaseMarker, OfAFinishedCaseSaysThatItIsDoneWithTheseSettings) {
  EXPECT_TRUE(done());
  EXPECT_FALSE(done("others"));
}

TEST_F(CaseMarker, NewTimesOfTheSameBytesDoNotCountAndAreNoted) {
  age("in.nii");
  age("out.nii");
  EXPECT_TRUE(done());
  EXPECT_EQ(done_case_from(*store_.marker("in.nii"))->input.stamp, stamp_of({scratch_ / "in.nii"}));
}

TEST_F(CaseMarker, ChangedInputOrChangedOrMissingOutputIsNotDone) {
  test::put_bytes(scratch_ / "in.nii", "other");
  EXPECT_FALSE(done());
  test::put_bytes(scratch_ / "in.nii", "input");
  EXPECT_TRUE(done());
  test::put_bytes(scratch_ / "out.nii", "outpux");
  age("out.nii");
  EXPECT_FALSE(done());
  fs::remove(scratch_ / "out.nii");
  EXPECT_FALSE(done());
}

TEST_F(CaseMarker, ThatIsDamagedCountsAsNone) {
  for (const char* text : {"", "{", "[]", "{\"status\": \"done\"}", "{\"status\": 3}"}) {
    for (const auto& entry : fs::directory_iterator(scratch_ / "work" / "cases")) test::put_bytes(entry.path(), text);
    EXPECT_FALSE(done()) << text;
  }
}

TEST_F(CaseMarker, OfAFailureIsNotDone) {
  store_.put(one_.name, marker_of(one_, FailedCase{ExitCode::input, "in.nii: cut short"}));
  EXPECT_FALSE(done());
  EXPECT_EQ(store_.marker(one_.name)->at("reason"), "in.nii: cut short");
}

}  // namespace
}  // namespace voxprior
