// Encrypted associations, with certificates on both sides.
#include "tests/workflows/network/node_fixture.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::wait_until;
using testing::HasSubstr;

struct NodeTls : test::NodeTest {
  void SetUp() override {
    NodeTest::SetUp();
    authority("ca");
    authority("stranger-ca");
    certificate("node", "ca");
    certificate("scanner", "ca");
    certificate("stranger", "stranger-ca");
  }

  static void openssl(const std::vector<std::string>& words) {
    const test::Outcome outcome = test::Process("/usr/bin/openssl", words).wait();
    if (outcome.exit_code != 0) throw std::runtime_error("openssl: " + outcome.err);
  }
  std::string key(const std::string& name) const { return file(name + ".key"); }
  std::string pem(const std::string& name) const { return file(name + ".pem"); }

  void authority(const std::string& name) const {
    openssl({"req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=" + name, "-keyout",
             key(name), "-out", pem(name)});
  }
  void certificate(const std::string& name, const std::string& by) const {
    openssl({"req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=" + name, "-keyout", key(name), "-out",
             file(name + ".csr")});
    openssl({"x509", "-req", "-days", "2", "-in", file(name + ".csr"), "-CA", pem(by), "-CAkey", key(by),
             "-CAcreateserial", "-out", pem(name)});
  }
  std::string section() const {
    return "key = \"" + key("node") + "\"\ncertificate = \"" + pem("node") + "\"\ntrusted = [\"" + pem("ca") + "\"]";
  }
  test::Outcome send(const std::vector<std::string>& more) const {
    std::vector<std::string> words{"send", ct(), node_->endpoint(), "--as", "SCANNER", "--retries", "0"};
    words.insert(words.end(), more.begin(), more.end());
    return test::voxprior_run(words);
  }
  std::vector<std::string> as(const std::string& name, const std::string& trust) const {
    return {"--tls-key", key(name), "--tls-certificate", pem(name), "--tls-trust", pem(trust)};
  }
};

TEST_F(NodeTls, OnlyThoseWithATrustedCertificateMaySend) {
  start({{"tls", section()}});
  EXPECT_EQ(send({}).exit_code, 5) << "not encrypted";
  EXPECT_EQ(send(as("stranger", "ca")).exit_code, 5) << "a certificate that the node does not trust";
  EXPECT_EQ(send(as("scanner", "stranger-ca")).exit_code, 5) << "the sender does not trust the node";
  EXPECT_NE(node_->store(ct(), {"+tla", "+cf", pem("ca")}).exit_code, 0) << "no certificate";
  EXPECT_EQ(node_->metric("associations_total"), 0);
  EXPECT_EQ(node_->metric("instances_stored_total"), 0);

  const test::Outcome sent = send(as("scanner", "ca"));
  EXPECT_EQ(sent.exit_code, 0) << sent.err;
  EXPECT_TRUE(wait_until([&] { return arrived(1, 4); })) << node_->audit();
}

TEST_F(NodeTls, ResultsGoToADestinationEncrypted) {
  const int port = test::free_port();
  fs::create_directory(scratch_ / "store");
  const test::Process store("/usr/bin/storescp", {"-od", file("store"), "+tls", key("scanner"), pem("scanner"), "+cf",
                                                  pem("ca"), std::to_string(port)});
  start({{"tls", section()},
         {"destination",
          "name = \"secure\"\nae_title = \"STORE\"\nhost = \"127.0.0.1\"\ntls = true\nport = " + std::to_string(port)},
         {"rule", "name = \"all\"\ndestinations = [\"secure\"]"}});
  ASSERT_EQ(send(as("scanner", "ca")).exit_code, 0);
  EXPECT_TRUE(wait_until([&] { return node_->events("done") == 1; })) << node_->audit();
  EXPECT_EQ(std::distance(fs::directory_iterator(scratch_ / "store"), {}), 4);
}

TEST_F(NodeTls, FilesThatAreNoKeyOrDoNotFitAreSaidAtTheStart) {
  test::Node node(scratch_.path(), port_, archive_->dicom_port(),
                  {{"tls", "key = \"" + key("scanner") + "\"\ncertificate = \"" + pem("node") + "\"\ntrusted = [\"" +
                               pem("ca") + "\"]"}});
  const test::Outcome outcome = test::voxprior_run({"node", node.config().string()});
  test::expect_refused(outcome, 2, "node");
  EXPECT_THAT(outcome.err, HasSubstr("does not belong to the key"));
}

}  // namespace
}  // namespace voxprior
