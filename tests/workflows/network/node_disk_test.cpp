// A spool whose disk is full, read-only or gone, images that change in it, and memory that does not suffice.
#include "tests/support/small_disk.h"
#include "tests/workflows/network/node_fixture.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::testdata;
using test::wait_until;
using testing::HasSubstr;

constexpr const char* kNoDisk = "no disk may be mounted here";

struct NodeDisk : test::NodeTest {
  fs::path spool() const { return scratch_ / "spool"; }
  static std::string mr() { return testdata("dicom/mr_enhanced_crop"); }

  std::vector<fs::path> images() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(spool() / "series"))
      if (entry.is_regular_file()) files.push_back(entry.path());
    return files;
  }
  void expect_no_room(const fs::path& what) const {
    const test::Outcome outcome = node_->store(what, {"-v"});
    EXPECT_THAT(outcome.err + outcome.out, HasSubstr("OutOfResources"));
  }
  bool comes_out(std::size_t count) const {
    return wait_until([&] { return node_->events("done") == 1 && arrived(1, count); });
  }
};

TEST_F(NodeDisk, FullWhileAnImageComesItIsRefusedAndLeavesNothing) {
  fs::create_directory(spool());
  const test::SmallDisk disk(spool(), 12000);
  if (!disk.mounted()) GTEST_SKIP() << kNoDisk;
  start();
  disk.fill_up_to(100000);
  expect_no_room(mr());  // 176 kB
  EXPECT_TRUE(images().empty());
  EXPECT_TRUE(fs::is_empty(spool() / "incoming"));
  EXPECT_EQ(node_->metric("instances_no_room_total"), 1);
  disk.fill_up_to(0);  // not even the audit log can be written now
  expect_no_room(ct());
  EXPECT_EQ(node_->echo().exit_code, 0);
  EXPECT_EQ(node_->health_status(), 503);
  disk.make_room();
  EXPECT_EQ(node_->store(mr()).exit_code, 0);
  EXPECT_TRUE(comes_out(1)) << node_->audit();
  EXPECT_EQ(node_->stop(), 0);
}

TEST_F(NodeDisk, FullWhileResultsAreWrittenTheyAreMadeAgainUntilThereIsRoom) {
  fs::create_directory(spool());
  const test::SmallDisk disk(spool(), 12000);
  if (!disk.mounted()) GTEST_SKIP() << kNoDisk;
  start({{"worker", "attempts = 1"}});
  ASSERT_EQ(node_->store(ct()).exit_code, 0);
  ASSERT_TRUE(wait_until([&] { return node_->events("computing") == 1; }));
  disk.fill_up_to(30000);  // room for the queue's notes, not for the results
  ASSERT_TRUE(wait_until([&] { return node_->events("computing is tried again") >= 1; })) << node_->audit();
  EXPECT_THAT(node_->audit(), HasSubstr("voxprior denoise ended with 5"));
  EXPECT_TRUE(results().empty());
  disk.make_room();
  EXPECT_TRUE(comes_out(4)) << node_->audit();
}

TEST_F(NodeDisk, AFolderOfResultsThatIsReadOnlyForAWhile) {
  start({{"series", "settle_s = 1"}, {"worker", "attempts = 1"}});
  {
    const test::ReadOnlyFolder work(spool() / "work");
    if (!work.mounted()) GTEST_SKIP() << kNoDisk;
    ASSERT_EQ(node_->store(ct()).exit_code, 0);
    ASSERT_TRUE(wait_until([&] { return node_->events("computing is tried again") >= 1; })) << node_->audit();
    EXPECT_THAT(node_->audit(), HasSubstr("voxprior denoise ended with 5"));
  }
  EXPECT_TRUE(comes_out(4)) << node_->audit();
}

TEST_F(NodeDisk, ResultsThatVanishBeforeTheyWereDeliveredAreMadeAgain) {
  start();
  archive_->stop();
  ASSERT_EQ(node_->store(ct()).exit_code, 0);
  ASSERT_TRUE(wait_until([&] { return node_->events("delivery failed") >= 1; })) << node_->audit();
  fs::remove_all(spool() / "work");
  archive_->start();
  EXPECT_TRUE(comes_out(4)) << node_->audit();
  EXPECT_EQ(node_->events("results are gone"), 1);
  EXPECT_EQ(node_->events("computing"), 2);
}

TEST_F(NodeDisk, ASpoolThatVanishesTakesNothingUntilItIsBack) {
  start();
  fs::rename(spool(), scratch_ / "away");
  expect_no_room(ct());
  EXPECT_EQ(node_->health_status(), 503);
  fs::create_directory(spool());  // where another disk was mounted: nothing may be put beside it
  expect_no_room(ct());
  EXPECT_TRUE(fs::is_empty(spool()));
  fs::remove(spool());
  fs::rename(scratch_ / "away", spool());
  EXPECT_EQ(node_->store(ct()).exit_code, 0);
  EXPECT_EQ(node_->health_status(), 200);
  EXPECT_TRUE(comes_out(4)) << node_->audit();
  EXPECT_EQ(node_->stop(), 0);
}

TEST_F(NodeDisk, ImagesThatChangeInTheSpoolAreNotDeliveredButAskedForAgain) {
  start({{"series", "settle_s = 1\nwait_s = 1"}});
  ASSERT_EQ(node_->store(ct()).exit_code, 0);
  ASSERT_EQ(images().size(), 4u);
  std::fstream changed(images().at(1), std::ios::in | std::ios::out | std::ios::binary);
  changed.seekp(-2, std::ios::end);  // one voxel: nothing else would notice
  changed.put('\x7f');
  changed.close();
  ASSERT_TRUE(wait_until([&] { return node_->events("quarantined") == 1; })) << node_->audit();
  EXPECT_THAT(node_->audit(), HasSubstr("changed in the spool"));
  EXPECT_EQ(node_->events("computed"), 0);
  ASSERT_EQ(node_->store(ct()).exit_code, 0);
  EXPECT_TRUE(comes_out(4)) << node_->audit();
}

TEST_F(NodeDisk, ImagesThatAreTakenOutOfTheSpoolWhileItIsComputing) {
  start();
  ASSERT_EQ(node_->store(ct()).exit_code, 0);
  ASSERT_TRUE(wait_until([&] { return node_->worker_id() > 0; }));
  fs::remove(images().at(0));
  ASSERT_TRUE(wait_until([&] { return node_->events("quarantined") == 1; })) << node_->audit();
  ASSERT_EQ(node_->store(ct()).exit_code, 0);
  EXPECT_TRUE(comes_out(4)) << node_->audit();
}

TEST_F(NodeDisk, ASeriesThatMemoryDoesNotSufficeForIsSetAsideWithTheNumberNeeded) {
  start({{"worker", "memory_mb = 200"}});
  ASSERT_EQ(node_->store(ct()).exit_code, 0);
  ASSERT_TRUE(wait_until([&] { return node_->events("quarantined") == 1; })) << node_->audit();
  EXPECT_THAT(node_->audit(), testing::ContainsRegex("the volume and the libraries take [0-9]+ MB"));
  EXPECT_EQ(node_->events("computing"), 1) << "it would be the same again";
  EXPECT_EQ(node_->echo().exit_code, 0);
  EXPECT_EQ(node_->stop(), 0);
  start();  // with more
  ASSERT_EQ(node_->store(ct()).exit_code, 0);
  EXPECT_TRUE(comes_out(4)) << node_->audit();
}

}  // namespace
}  // namespace voxprior
