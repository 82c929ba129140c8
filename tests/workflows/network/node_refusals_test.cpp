// Whom and what the node refuses.
#include <dcmtk/dcmdata/dcuid.h>

#include "io/dicom/network/requester.h"
#include "tests/io/dicom/synthetic_image.h"
#include "tests/workflows/network/node_fixture.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::IdleConnection;
using test::wait_until;
using testing::HasSubstr;
using testing::Not;

struct NodeRefuses : test::NodeTest {
  /// A file that storescu sends and the node must look at.
  fs::path image(const std::string& name, const test::SyntheticImage& image) const {
    test::write_image(scratch_ / name, image);
    return scratch_ / name;
  }
  bool keeps_nothing() const {
    for (const auto& entry : fs::recursive_directory_iterator(node_->spool() / "series"))
      if (entry.is_regular_file()) return false;
    return fs::is_empty(node_->spool() / "incoming");
  }
};

TEST_F(NodeRefuses, UnknownTitlesOfCallerAndCalled) {
  start();
  EXPECT_EQ(node_->echo().exit_code, 0);
  EXPECT_THAT(node_->echo("STRANGER").err, HasSubstr("Calling AE Title Not Recognized"));
  EXPECT_THAT(node_->echo("SCANNER", "OTHER").err, HasSubstr("Called AE Title Not Recognized"));
  EXPECT_NE(node_->store(ct(), {}, "STRANGER").exit_code, 0);
  EXPECT_EQ(node_->metric("associations_refused_total"), 3);
  EXPECT_THAT(node_->events("association refused"), testing::AllOf(testing::Ge(2), testing::Le(3)))
      << "the same is told once a minute";
  EXPECT_TRUE(keeps_nothing());
}

TEST_F(NodeRefuses, ATitleThatCallsFromAnotherHostThanItsOwn) {
  start({{"sender", "ae_title = \"FARAWAY\"\nhosts = [\"192.0.2.0/24\"]"}});
  EXPECT_THAT(node_->echo("FARAWAY").err, HasSubstr("Calling AE Title Not Recognized"));
}

TEST_F(NodeRefuses, HostsThatAreNotListedAtTheDoor) {
  node_ = std::make_unique<test::Node>(scratch_.path(), port_, archive_->dicom_port());
  std::string text = test::bytes_of(node_->config());
  for (std::size_t at; (at = text.find("hosts = [\"127.0.0.1\"]")) != std::string::npos;)
    text.replace(at, 21, "hosts = [\"192.0.2.7\"]");
  test::put_bytes(node_->config(), text);
  node_->start();
  EXPECT_NE(node_->echo().exit_code, 0);
  EXPECT_TRUE(IdleConnection(node_->port()).closed_within(20));
  EXPECT_THAT(node_->audit(), HasSubstr("host is not listed"));
}

TEST_F(NodeRefuses, MoreAssociationsThanItMayHave) {
  start({{"limits", "associations = 2\ndisk_percent = 100\ndisk_free_mb = 0"}});
  CallOptions options;
  options.calling_title = "SCANNER";
  const DicomEndpoint endpoint{"VOXPRIOR", "127.0.0.1", node_->port()};
  std::vector<std::unique_ptr<Requester>> held;
  for (int n = 0; n < 2; ++n) {
    held.push_back(std::make_unique<Requester>(endpoint, options));
    held.back()->propose(UID_VerificationSOPClass, {"1.2.840.10008.1.2.1"});
    held.back()->open();
  }
  EXPECT_THAT(node_->echo().err, HasSubstr("Local Limit Exceeded"));
  held.clear();
  EXPECT_TRUE(wait_until([&] { return node_->echo().exit_code == 0; }));
}

TEST_F(NodeRefuses, NobodyWhoCallsAgainAsSoonAsTheLastAssociationHasEnded) {
  start({{"limits", "associations = 1\ndisk_percent = 100\ndisk_free_mb = 0"}});
  CallOptions options;
  options.calling_title = "SCANNER";
  for (int n = 0; n < 100; ++n) {
    Requester caller({"VOXPRIOR", "127.0.0.1", node_->port()}, options);
    caller.propose(UID_VerificationSOPClass, {"1.2.840.10008.1.2.1"});
    ASSERT_NO_THROW(caller.open()) << "call " << n;
    caller.close();
  }
}

TEST_F(NodeRefuses, IdleAndSlowConnectionsKeepNobodyWaitingAndAreClosed) {
  start({{"limits",
          "request_s = 2\nidle_s = 2\nconnections_per_host_and_second = 1000\ndisk_percent = 100\ndisk_free_mb = 0"}});
  std::vector<std::unique_ptr<IdleConnection>> idle;
  for (int n = 0; n < 100; ++n) idle.push_back(std::make_unique<IdleConnection>(node_->port()));
  EXPECT_EQ(node_->echo().exit_code, 0);
  IdleConnection slow(node_->port()), nonsense(node_->port());
  slow.say(std::string("\x01\x00\x00\x00\x01\x00", 6));  // a request of 256 bytes, of which no more come
  nonsense.say("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(node_->echo().exit_code, 0);
  EXPECT_TRUE(slow.closed_within(60));
  EXPECT_TRUE(nonsense.closed_within(60));
  for (const auto& connection : idle) EXPECT_TRUE(connection->closed_within(60));
  EXPECT_EQ(node_->echo().exit_code, 0);
  EXPECT_TRUE(fs::is_empty(node_->spool() / "incoming"));
}

TEST_F(NodeRefuses, ImagesWhenTheDiskIsFullToTheWatermark) {
  start({{"limits", "disk_percent = 100\ndisk_free_mb = 1000000000"}});
  EXPECT_THAT(node_->store(ct(), {"-v"}).err + node_->store(ct(), {"-v"}).out, HasSubstr("OutOfResources"));
  EXPECT_EQ(node_->metric("instances_no_room_total"), 2);  // storescu ends after the first
  EXPECT_EQ(node_->metric("disk_full"), 1);
  EXPECT_EQ(node_->health_status(), 503);
  EXPECT_TRUE(keeps_nothing());
  const test::Outcome sent = test::voxprior_run({"send", ct(), node_->endpoint(), "--as", "SCANNER", "--retries", "0"});
  EXPECT_EQ(sent.exit_code, 5);
  EXPECT_THAT(sent.err, HasSubstr("0xA700"));
}

TEST_F(NodeRefuses, AnImageThatIsLargerThanAllowedLeavesNothing) {
  start({{"limits", "largest_instance_mb = 1\ndisk_percent = 100\ndisk_free_mb = 0"}});
  test::SyntheticImage large;
  large.more = {{DcmTag(DCM_ImageComments), std::string(2000000, 'x')}};
  test::write_image(scratch_ / "large.dcm", large);
  EXPECT_THAT(node_->store(scratch_ / "large.dcm", {"-v"}).err, Not(HasSubstr("Received Store Response (Success)")));
  EXPECT_TRUE(wait_until([&] { return keeps_nothing(); }));
  EXPECT_EQ(node_->store(ct()).exit_code, 0);
}

TEST_F(NodeRefuses, DamagedImagesOneByOne) {
  start();
  test::SyntheticImage rows_too_many;
  rows_too_many.stored.resize(4);  // 3 rows of 4 columns are promised
  const fs::path damaged = image("damaged.dcm", rows_too_many);
  EXPECT_EQ(test::voxprior_run({"send", damaged.string(), node_->endpoint(), "--as", "SCANNER"}).exit_code, 3);
  EXPECT_THAT(node_->store(damaged, {"-v"}).err + "", HasSubstr("CannotUnderstand"));
  EXPECT_EQ(node_->metric("instances_refused_total"), 1);
  EXPECT_TRUE(keeps_nothing());
}

TEST_F(NodeRefuses, SeriesThatNoRuleIsFor) {
  start({{"rule", "name = \"mr\"\nmodality = \"MR\"\ndestinations = [\"archive\"]"}});
  EXPECT_THAT(node_->store(ct(), {"-v"}).err, HasSubstr("CannotUnderstand"));
  EXPECT_THAT(node_->audit(), HasSubstr("no rule for such a series"));
  EXPECT_TRUE(keeps_nothing());
}

TEST_F(NodeRefuses, AnotherImageUnderTheSameUid) {
  start();
  test::SyntheticImage one, other;
  other.stored[3] += 1;
  const fs::path first = image("1.dcm", one), second = image("2.dcm", other);
  EXPECT_EQ(node_->store(first).exit_code, 0);
  EXPECT_THAT(node_->store(second, {"-v"}).err, HasSubstr("CannotUnderstand"));
  EXPECT_EQ(node_->store(first, {"-v"}).exit_code, 0);
  EXPECT_EQ(node_->metric("instances_stored_total"), 1);
  EXPECT_EQ(node_->metric("instances_repeated_total"), 1);
}

TEST_F(NodeRefuses, NamesThatLeadOutOfTheSpool) {
  start();
  test::SyntheticImage hostile;
  hostile.series_uid = "../../../PWNED";
  hostile.uid = "1.2.3.4";
  node_->store(image("hostile.dcm", hostile));
  EXPECT_THAT(node_->echo("../..\n$(reboot)").err, Not(HasSubstr("Success")));
  node_->stop();
  for (const auto& entry : fs::recursive_directory_iterator(scratch_.path()))
    EXPECT_THAT(entry.path().string(), Not(HasSubstr("PWNED")));
  EXPECT_THAT(node_->audit(), Not(HasSubstr("$(reboot)\n")));
  EXPECT_THAT(node_->audit(), Not(HasSubstr("PWNED")));
}

}  // namespace
}  // namespace voxprior
