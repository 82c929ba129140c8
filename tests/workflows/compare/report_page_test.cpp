#include "workflows/compare/report_page.h"

namespace voxprior {
namespace {

ComparisonTable table_with(const std::string& contender, const std::string& missing) {
  ComparisonTable table;
  table.contenders = {contender};
  table.rows = {{"fidelity", "radiomics", "KID", "low", Estimate{0, -1, 1}, {{{}, std::nullopt, missing, false}}}};
  table.traces.resize(1);
  return table;
}

TEST(ReportPage, SaysWhyAValueIsMissingAndNeedsNothingElse) {
  ComparisonRun run;
  run.config.seeds = {0};
  const std::string page = report_page(run, table_with("gan", "needs <20> volumes"));
  EXPECT_THAT(page, testing::HasSubstr("needs &lt;20&gt; volumes"));
  EXPECT_THAT(page, testing::HasSubstr("0 [-1, 1]"));
  for (const char* outside : {"http:", "https:", "src='/", "<script", "<link"})
    EXPECT_THAT(page, testing::Not(testing::HasSubstr(outside)));
}

}  // namespace
}  // namespace voxprior
