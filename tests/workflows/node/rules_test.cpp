#include "workflows/node/rules.h"

namespace voxprior {
namespace {

NodeRule rule(const std::string& name, const std::string& modality) {
  NodeRule made;
  made.name = name;
  made.modality = modality;
  return made;
}

std::string match(const NodeConfig& config, const std::string& sender, const ReceivedInstance& received) {
  const NodeRule* const found = rule_for(config, {sender, "127.0.0.1"}, received);
  return found == nullptr ? "none" : found->name;
}

ReceivedInstance image(const std::string& modality, const std::string& description, const std::string& sequence) {
  ReceivedInstance received;
  received.modality = modality;
  received.description = description;
  received.sequence = sequence;
  return received;
}

TEST(RuleFor, TakesTheFirstThatFitsInAllItAsksFor) {
  NodeConfig config;
  NodeRule flair = rule("flair", "MR"), scanner = rule("scanner", "MR"), ct = rule("ct", "CT");
  flair.descriptions = {"*flair*", "*dark*fluid*"};
  scanner.senders = {"SCANNER"};
  scanner.sequences = {"*tfl3d?_16*"};
  config.rules = {flair, scanner, ct};
  EXPECT_EQ(match(config, "ANY", image("MR", "t2_FLAIR_sag", "")), "flair");
  EXPECT_EQ(match(config, "ANY", image("MR", "T2 Dark Fluid", "")), "flair");
  EXPECT_EQ(match(config, "SCANNER", image("MR", "t1", "*tfl3d1_16ns")), "scanner");
  EXPECT_EQ(match(config, "OTHER", image("MR", "t1", "*tfl3d1_16ns")), "none");
  EXPECT_EQ(match(config, "SCANNER", image("MR", "t1", "se2d1")), "none");
  EXPECT_EQ(match(config, "OTHER", image("CT", "flair", "")), "ct");
}

TEST(FitsPattern, IsThatOfAShell) {
  EXPECT_TRUE(fits_pattern("anything", "*"));
  EXPECT_TRUE(fits_pattern("", "*"));
  EXPECT_TRUE(fits_pattern("T1w", "t?W"));
  EXPECT_FALSE(fits_pattern("T1w", "t1"));
  EXPECT_FALSE(fits_pattern("", "?"));
}

}  // namespace
}  // namespace voxprior
