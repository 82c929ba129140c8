#include "workflows/batch/shard.h"

#include "tests/support/refusal.h"

namespace voxprior {
namespace {

TEST(Shard, IsAPartOfAWholeCountedFromZero) {
  EXPECT_EQ(parse_shard("0/1").count, 1u);
  EXPECT_EQ(parse_shard("3/4").number, 3u);
  for (const char* text : {"", "1", "/", "1/", "/2", "4/4", "0/0", "-1/4", "1/4/2", "a/4", "1.5/4", "1/99999999999"}) {
    test::refusal(ExitCode::usage, [&] { parse_shard(text); });
  }
}

TEST(Shard, EveryCaseIsInOneShard) {
  std::vector<BatchCase> cases(10);
  for (std::size_t n = 0; n < cases.size(); ++n) cases[n].name = std::to_string(n);
  std::multiset<std::string> seen;
  for (std::size_t n = 0; n < 3; ++n) {
    const auto part = cases_of_shard(cases, {n, 3});
    EXPECT_THAT(part.size(), testing::AnyOf(3u, 4u));
    for (const BatchCase& one : part) seen.insert(one.name);
  }
  EXPECT_EQ(seen.size(), 10u);
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), 10u);
  EXPECT_TRUE(cases_of_shard(cases, {11, 12}).empty());
}

}  // namespace
}  // namespace voxprior
