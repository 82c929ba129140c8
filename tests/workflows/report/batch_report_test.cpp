// Pages of `voxprior report batch`.
#include "tests/workflows/report/report_fixture.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::expect_refused;
using test::Outcome;
using test::voxprior_run;
using testing::HasSubstr;
using testing::Not;

/// Folders as a batch leaves them: two scans done, one of them an outlier, one failed, one skipped.
class BatchReport : public test::ReportTest {
 protected:
  void SetUp() override {
    ReportTest::SetUp();
    for (const char* folder : {"in/a", "out/a"}) fs::create_directories(file(folder));
    for (const char* name : {"a/one.nii.gz", "two.nii.gz"}) {
      fs::copy_file(file("before.nii.gz"), file(std::string("in/") + name));
      fs::copy_file(file("after.nii.gz"), file(std::string("out/") + name));
    }
    summarise();
  }

  void summarise(const std::string& output_of_two = "two.nii.gz") const {
    const nlohmann::json done{
        {"status", "done"}, {"noise", {{"sigma", 60.0}}}, {"residual_structure", 0.01}, {"seconds", 2.5}};
    nlohmann::json two = done, one = done;
    two.update({{"case", "two.nii.gz"},
                {"label", "two <b>"},
                {"output", output_of_two},
                {"outlier", {"noise is 9 deviations from the middle"}}});
    one.update(
        {{"case", "a/one.nii.gz"}, {"label", "a/one.nii.gz"}, {"output", "a/one.nii.gz"}, {"notices", {"a notice"}}});
    const nlohmann::json skipped{{"case", "series-1"}, {"label", "series 1 (CT)"}, {"status", "skipped"}};
    const nlohmann::json failed{
        {"case", "bad.nii.gz"}, {"label", "bad.nii.gz"}, {"status", "failed"}, {"reason", "cut <short>"}};
    test::put_bytes(scratch_ / "out/summary.json", nlohmann::json{{"cases", {failed, two, one, skipped}}}.dump());
  }

  Outcome report_batch(const std::vector<std::string>& more = {"--no-viewer"}) const {
    std::vector<std::string> words{"report", "batch", file("in"), file("out"), file("pages")};
    words.insert(words.end(), more.begin(), more.end());
    return voxprior_run(words);
  }
};

TEST_F(BatchReport, ListsAllScansInTheOrderOfTheSummary) {
  const Outcome outcome = report_batch();
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const std::string html = page("pages/index.html");
  const std::vector<std::string> in_order{"bad.nii.gz",   "cut &lt;short&gt;", "002-two.html", "two &lt;b&gt;",
                                          "9 deviations", "003-one.html",      "a notice",     "series 1 (CT)"};
  std::size_t at = 0;
  for (const std::string& text : in_order) {
    at = html.find(text, at);
    ASSERT_NE(at, std::string::npos) << text;
  }
  EXPECT_THAT(html, Not(HasSubstr("<b>")));
  EXPECT_THAT(html, HasSubstr("<dt>done</dt><dd>2</dd>"));
  EXPECT_THAT(html, HasSubstr("<dt>outliers</dt><dd>1</dd>"));
}

TEST_F(BatchReport, MakesAPageForEachScanWithAFile) {
  ASSERT_EQ(report_batch().exit_code, 0);
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(file("pages"))) names.insert(entry.path().filename().string());
  EXPECT_EQ(names, (std::set<std::string>{"index.html", "002-two.html", "003-one.html"}));
  EXPECT_THAT(page("pages/003-one.html"), HasSubstr("one.nii.gz \u2192 one.nii.gz"));
}

TEST_F(BatchReport, AScanThatCannotBeReadLeavesTheOthersAlone) {
  test::put_bytes(scratch_ / "out/two.nii.gz", "not a volume");
  const Outcome outcome = report_batch();
  EXPECT_EQ(outcome.exit_code, 8) << outcome.err;
  EXPECT_THAT(page("pages/index.html"), HasSubstr("no page: "));
  EXPECT_TRUE(fs::exists(file("pages/003-one.html")));
}

TEST_F(BatchReport, RefusesWhatIsNoBatch) {
  summarise("../two.nii.gz");
  expect_refused(report_batch(), 3, "report batch");
  test::put_bytes(scratch_ / "out/summary.json", "{}");
  expect_refused(report_batch(), 3, "report batch");
  fs::remove(file("out/summary.json"));
  expect_refused(report_batch(), 3, "report batch");
  expect_refused(voxprior_run({"report", "batch", file("none"), file("out"), file("pages")}), 3, "report batch");
}

TEST_F(BatchReport, ReplacesPagesOnlyWhenAskedTo) {
  ASSERT_EQ(report_batch().exit_code, 0);
  expect_refused(report_batch(), 5, "report batch");
  EXPECT_EQ(report_batch({"--no-viewer", "--overwrite"}).exit_code, 0);
}

}  // namespace
}  // namespace voxprior
