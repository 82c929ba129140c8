// What goes wrong in real life: nothing that was acknowledged is lost, and nothing comes out twice.
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcfilefo.h>
#include <signal.h>

#include <random>
#include <thread>

#include "io/dicom/dataset.h"
#include "io/dicom/find_series.h"
#include "io/dicom/network/requester.h"
#include "io/dicom/network/send_instances.h"
#include "tests/workflows/network/node_fixture.h"
#include "workflows/node/sqlite.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::testdata;
using test::wait_until;
using testing::HasSubstr;

struct NodeSurvives : test::NodeTest {
  /// Sends until everything was acknowledged, as an honest sender does.
  void send_until_done(const fs::path& what) const {
    ASSERT_TRUE(wait_until([&] { return node_->store(what).exit_code == 0; }, 120));
  }
  static CallOptions as_scanner() {
    CallOptions options;
    options.calling_title = "SCANNER";
    return options;
  }
  /// The images of the CT series whose names are given.
  fs::path some_of_ct(const std::string& folder, const std::vector<std::string>& names) const {
    fs::create_directory(scratch_ / folder);
    for (const std::string& name : names) fs::copy(fs::path(ct()) / name, scratch_ / folder / name);
    return scratch_ / folder;
  }
};

TEST_F(NodeSurvives, ASenderThatAbortsItsSeriesIsQuarantinedUntilItSendsAgain) {
  start();
  node_->store(ct(), {"--abort"});
  ASSERT_TRUE(wait_until([&] { return node_->events("quarantined") == 1; })) << node_->audit();
  EXPECT_THAT(node_->audit(), HasSubstr("the association was aborted"));
  EXPECT_EQ(node_->events("computing"), 0);
  ASSERT_EQ(node_->store(ct()).exit_code, 0);
  EXPECT_TRUE(wait_until([&] { return arrived(1, 4); })) << node_->audit();
  EXPECT_EQ(node_->metric("instances_repeated_total"), 4);
}

TEST_F(NodeSurvives, ASeriesWithAMissingSliceWaitsForIt) {
  start();
  ASSERT_EQ(node_->store(some_of_ct("most", {"1.dcm", "2.dcm", "4.dcm"})).exit_code, 0);
  ASSERT_TRUE(wait_until([&] { return node_->events("quarantined") == 1; })) << node_->audit();
  EXPECT_THAT(node_->audit(), HasSubstr("not equally spaced"));
  ASSERT_EQ(node_->store(some_of_ct("rest", {"3.dcm"})).exit_code, 0);
  EXPECT_TRUE(wait_until([&] { return arrived(1, 4); })) << node_->audit();
}

TEST_F(NodeSurvives, ASeriesSentOneImageAnAssociationComesOutOnce) {
  start({{"series", "settle_s = 2\nwait_s = 5"}});
  for (const char* name : {"1.dcm", "2.dcm", "3.dcm", "4.dcm"})
    ASSERT_EQ(node_->store(fs::path(ct()) / name).exit_code, 0);
  EXPECT_TRUE(wait_until([&] { return arrived(1, 4); })) << node_->audit();
  EXPECT_EQ(node_->events("computing"), 1);
}

/// The power cannot be cut here: the machine's start is changed in the queue, and the image is removed that was not on
/// the disk.
TEST_F(NodeSurvives, APowerCutThatTookAnAcknowledgedImageIsKnownThoughTheRestWouldMakeAVolume) {
  start({{"series", "settle_s = 0.3\nwait_s = 1"}});
  {
    Requester sender({"VOXPRIOR", "127.0.0.1", node_->port()}, as_scanner());
    const std::vector<InstanceFile> sent{identify_instance(fs::path(ct()) / "1.dcm")};
    sender.propose(sent[0].sop_class_uid, {sent[0].transfer_syntax_uid});
    sender.open();
    std::uint16_t status = 1;
    const auto file = load_dicom(sent[0].file, PixelLoading::load);
    const auto context = sender.context(sent[0].sop_class_uid, sent[0].transfer_syntax_uid);
    sender.check(sender.sendSTORERequest(context, "", file->getDataset(), status), "storing");
    ASSERT_EQ(status, 0);
    node_->kill();
  }
  Sqlite(node_->spool() / "queue.sqlite").run("UPDATE boot SET id = 'before the cut'");
  fs::remove_all(node_->spool() / "series");
  node_->start();
  ASSERT_EQ(node_->store(some_of_ct("rest", {"2.dcm", "3.dcm", "4.dcm"})).exit_code, 0);
  ASSERT_TRUE(wait_until([&] { return node_->events("quarantined") == 1; })) << node_->audit();
  EXPECT_THAT(node_->audit(), HasSubstr("the power failed"));
  EXPECT_EQ(node_->events("computing"), 0);
  send_until_done(ct());
  EXPECT_TRUE(wait_until([&] { return arrived(1, 4); })) << node_->audit();
}

TEST_F(NodeSurvives, ADestinationThatIsDownAndComesBack) {
  start();
  archive_->stop();
  ASSERT_EQ(node_->store(ct()).exit_code, 0);
  ASSERT_TRUE(wait_until([&] { return node_->events("delivery failed") >= 2; })) << node_->audit();
  archive_->start();
  EXPECT_TRUE(wait_until([&] { return node_->events("done") == 1; })) << node_->audit();
  EXPECT_TRUE(arrived(1, 4));
  EXPECT_EQ(node_->events("computing"), 1);
}

/// The archive is another node, which answers 0xA700 while its disk is said to be full.
TEST_F(NodeSurvives, AnArchiveThatTakesNothingForAWhile) {
  const int archive_port = test::free_port();
  fs::create_directory(scratch_ / "full");
  const auto archive_with = [&](const std::string& limits) {
    auto archive = std::make_unique<test::Node>(
        scratch_ / "full", archive_port, 1,
        test::Node::Changes{{"sender", "ae_title = \"VOXPRIOR\"\nhosts = [\"127.0.0.1\"]"}, {"limits", limits}});
    archive->start();
    return archive;
  };
  auto archive = archive_with("disk_percent = 100\ndisk_free_mb = 1000000000");
  start({{"destination",
          "name = \"full\"\nae_title = \"VOXPRIOR\"\nhost = \"127.0.0.1\"\nport = " + std::to_string(archive_port)},
         {"rule", "name = \"all\"\ndestinations = [\"full\"]"}});
  ASSERT_EQ(node_->store(ct()).exit_code, 0);
  ASSERT_TRUE(wait_until([&] { return node_->events("delivery failed") >= 2; })) << node_->audit();
  EXPECT_THAT(node_->audit(), HasSubstr("0xA700"));
  EXPECT_EQ(node_->events("done"), 0);
  archive->stop();
  archive = archive_with("disk_percent = 100\ndisk_free_mb = 0");
  EXPECT_TRUE(wait_until([&] { return node_->events("done") == 1; })) << node_->audit();
  EXPECT_EQ(archive->metric("own_results_total"), 4);
  EXPECT_EQ(node_->events("computing"), 1);
}

TEST_F(NodeSurvives, ARestartWithWorkInTheQueue) {
  start({{"series", "settle_s = 0\nwait_s = 1"}});
  ASSERT_EQ(node_->store(ct()).exit_code, 0);
  ASSERT_EQ(node_->store(testdata("dicom/mr_enhanced_crop")).exit_code, 0);
  EXPECT_EQ(node_->stop(), 75) << "work is left";
  node_->start();
  EXPECT_TRUE(wait_until([&] { return node_->events("done") == 2; })) << node_->audit();
  EXPECT_EQ(results().size(), 2u);
  EXPECT_EQ(node_->stop(), 0);
}

TEST_F(NodeSurvives, ASecondNodeOnTheSameSpoolDoesNotStart) {
  start();
  test::expect_refused(test::voxprior_run({"node", node_->config().string()}), 5, "node");
  EXPECT_EQ(node_->echo().exit_code, 0);
}

TEST_F(NodeSurvives, AKilledWorkerIsStartedAgain) {
  start();
  ASSERT_EQ(node_->store(ct()).exit_code, 0);
  ASSERT_TRUE(wait_until([&] { return node_->worker_id() > 0; }));
  ::kill(node_->worker_id(), SIGKILL);
  EXPECT_TRUE(wait_until([&] { return node_->events("done") == 1; })) << node_->audit();
  EXPECT_TRUE(arrived(1, 4));
  EXPECT_EQ(node_->events("computing is tried again"), 1);
}

TEST_F(NodeSurvives, AKilledListenerIsStartedAgain) {
  start();
  const pid_t listener = node_->listener_id();
  ASSERT_GT(listener, 0);
  ::kill(listener, SIGKILL);
  ASSERT_TRUE(wait_until([&] { return node_->listener_id() > 0 && node_->listener_id() != listener; }));
  send_until_done(ct());
  EXPECT_TRUE(wait_until([&] { return arrived(1, 4); })) << node_->audit();
  EXPECT_EQ(node_->metric("process_restarts_total"), 1);
}

TEST_F(NodeSurvives, KillsOfTheWholeNodeAtRandomMoments) {
  start({{"series", "settle_s = 0.1\nwait_s = 60"}});
  std::mt19937 random(4);
  std::thread sender([&] {
    send_until_done(ct());
    send_until_done(testdata("dicom/mr_enhanced_crop"));
  });
  for (int kill = 0; kill < 4; ++kill) {
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 1500));
    node_->kill();
    node_->start();
  }
  sender.join();
  EXPECT_TRUE(wait_until([&] { return node_->metric("series{state=\"done\"}") == 2; }, 120)) << node_->audit();
  EXPECT_EQ(results().size(), 2u);
  EXPECT_EQ(node_->stop(), 0) << "nothing is left to do";
}

}  // namespace
}  // namespace voxprior
