#include "workflows/node/config.h"

#include "base/error.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

using testing::HasSubstr;

const std::string kNode = "[node]\nae_title = \"NODE\"\nspool = \"/var/lib/voxprior\"\n";
const std::string kSender = "[[sender]]\nae_title = \"SCANNER\"\nhosts = [\"10.0.0.0/24\"]\n";
const std::string kDestination =
    "[[destination]]\nname = \"pacs\"\nae_title = \"PACS\"\nhost = \"127.0.0.1\"\nport = 104\n";
const std::string kRule = "[[rule]]\nname = \"all\"\ndestinations = [\"pacs\"]\n";

struct NodeConfigFile : testing::Test {
  NodeConfig read(const std::string& text) const {
    test::put_bytes(scratch_ / "node.toml", text);
    return read_node_config(scratch_ / "node.toml");
  }
  std::string refusal(const std::string& text) const {
    try {
      read(text);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::usage);
      return error.what();
    }
    return "";
  }
  test::ScratchFolder scratch_;
};

TEST_F(NodeConfigFile, WithoutMoreThanIsNeededListensOnThisMachineAlone) {
  const NodeConfig config = read(kNode + kSender + kDestination + kRule);
  EXPECT_EQ(config.address, "127.0.0.1");
  EXPECT_EQ(config.http_port, 0);
  EXPECT_EQ(config.flush, Flush::to_kernel);
  EXPECT_FALSE(config.association.tls.given());
  EXPECT_EQ(config.rules.at(0).model, "auto");
  EXPECT_TRUE(config.senders.at(0).hosts.contains("10.0.0.200"));
  EXPECT_EQ(config.destination("pacs").endpoint.port, 104);
}

TEST_F(NodeConfigFile, EveryRefusalNamesLineKeyAndWhatIsAllowed) {
  EXPECT_THAT(refusal(kNode + "port = 70000\n" + kSender + kDestination + kRule),
              HasSubstr("node.toml:4: key 'node.port' must be a whole number; must be between 0 and 65535"));
  EXPECT_THAT(refusal(kNode + "prot = 104\n" + kSender + kDestination + kRule),
              HasSubstr("node.toml:4: key 'node.prot' is not known; allowed: address, ae_title"));
  EXPECT_THAT(refusal(kNode + kSender + kDestination + "[[rule]]\nname = \"x\"\ndestinations = [\"nowhere\"]\n"),
              HasSubstr("node.toml:14: key 'rule.destinations' names 'nowhere', which is no [[destination]]"));
  EXPECT_THAT(refusal(kNode + kSender + kDestination + kRule + "modality = \"PET\"\n"),
              HasSubstr("node.toml:15: key 'rule.modality' must be one of"));
  EXPECT_THAT(refusal(kNode + kSender + kDestination + kRule + "strength = 2\n"), HasSubstr("must be between 0 and 1"));
  EXPECT_THAT(refusal(kNode + kDestination + kRule + "[[sender]]\nae_title = \"MUCH TOO LONG A TITLE\"\n"),
              HasSubstr("key 'sender.ae_title' must have 1 to 16 characters"));
  EXPECT_THAT(refusal(kNode + kDestination + kRule + "[[sender]]\nae_title = \"A\"\nhosts = [\"10.0.0.0/40\"]\n"),
              HasSubstr("key 'sender.hosts' is refused"));
  EXPECT_THAT(refusal(kNode + kSender + kDestination + "tls = true\n" + kRule), HasSubstr("needs the section [tls]"));
  EXPECT_THAT(refusal(kNode + "[tls]\nkey = \"k.pem\"\n" + kSender + kDestination + kRule),
              HasSubstr("[tls] needs 'key', 'certificate' and 'trusted' together"));
  EXPECT_THAT(refusal("[node]\nae_title = \"NODE\"\nspool = \"relative\"\n"), HasSubstr("must be an absolute path"));
}

TEST_F(NodeConfigFile, ARuleMayMakeSlicesThinAndSayHow) {
  const NodeConfig config =
      read(kNode + kSender + kDestination + kRule + "task = \"superres\"\nspacing = 1.5\nthickness = 5\n");
  EXPECT_EQ(config.rules.at(0).task, "superres");
  EXPECT_EQ(config.rules.at(0).spacing_mm, 1.5);
  EXPECT_EQ(config.rules.at(0).thickness_mm, 5);
  EXPECT_EQ(read(kNode + kSender + kDestination + kRule).rules.at(0).task, "denoise");
}

TEST_F(NodeConfigFile, KeysOfAnotherTaskAreRefused) {
  const std::string begin = kNode + kSender + kDestination + kRule, superres = begin + "task = \"superres\"\n";
  EXPECT_THAT(refusal(superres + "noise = \"rician\"\n"),
              HasSubstr("node.toml:16: key 'rule.noise' is for the task denoise, and this rule's is superres"));
  EXPECT_THAT(refusal(superres + "strength = 0.5\n"), HasSubstr("node.toml:16: key 'rule.strength' is for the task"));
  EXPECT_THAT(refusal(begin + "spacing = 1\n"), HasSubstr("node.toml:15: key 'rule.spacing' is for the task superres"));
  EXPECT_THAT(refusal(begin + "thickness = 1\n"), HasSubstr("key 'rule.thickness' is for the task superres"));
  EXPECT_THAT(refusal(superres + "spacing = -1\n"), HasSubstr("key 'rule.spacing' must be between 0.01 and 100"));
  EXPECT_THAT(refusal(begin + "task = \"segment\"\n"), HasSubstr("key 'rule.task' must be one of"));
}

TEST_F(NodeConfigFile, WhatIsMissingIsSaid) {
  EXPECT_THAT(refusal(""), HasSubstr("[node]"));
  EXPECT_THAT(refusal(kNode + kDestination + kRule), HasSubstr("has no [[sender]]"));
  EXPECT_THAT(refusal(kNode + kSender), HasSubstr("has no [[destination]]"));
  EXPECT_THAT(refusal(kNode + kSender + kDestination), HasSubstr("has no [[rule]]"));
  EXPECT_THAT(refusal(kNode + kSender + kDestination + kDestination + kRule), HasSubstr("two [[destination]]"));
  EXPECT_THAT(refusal(kNode + "[sender]\n"), HasSubstr("'sender' is not a section"));
  EXPECT_THAT(refusal("[node\n"), HasSubstr("node.toml:1: not valid TOML"));
}

}  // namespace
}  // namespace voxprior
