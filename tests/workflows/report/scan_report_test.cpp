// Pages of `voxprior report scan`, as text.
#include <numeric>

#include "tests/workflows/report/report_fixture.h"

namespace voxprior {
namespace {

using test::expect_refused;
using test::Outcome;
using test::voxprior_run;
using testing::HasSubstr;
using testing::Not;

using ScanReport = test::ReportTest;

std::size_t count_of(const std::string& what, const std::string& text) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += what.size()) ++count;
  return count;
}

TEST_F(ScanReport, ReadsWithoutItsScript) {
  const Outcome outcome = report({"--no-viewer"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const std::string html = page();
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_EQ(count_of("<img width=", html), 9);  // three planes of before, after and residual
  EXPECT_THAT(html, HasSubstr("before.nii.gz \u2192 after.nii.gz"));
  EXPECT_THAT(html, HasSubstr("SHA-256 of the input"));
  EXPECT_THAT(html, HasSubstr("12.2 s"));
  EXPECT_THAT(html, Not(HasSubstr("class=\"warnings\"")));
  EXPECT_LT(html.size(), 1'000'000U);
}

TEST_F(ScanReport, MeasuresWhatWasRemoved) {
  ASSERT_EQ(report({"--no-viewer"}).exit_code, 0);
  // White noise of sigma 60 and nothing else: the rms is 60 to 1 %.
  const std::string html = page(), before = "Removed (rms in the object)</dt><dd>";
  const double rms = std::stod(html.substr(html.find(before) + before.size(), 10));
  EXPECT_NEAR(rms, kSigma, 0.01 * kSigma);
}

TEST_F(ScanReport, WarnsWhereAnatomyWentWithTheNoise) {
  Volume after = read_volume(file("after.nii.gz"));
  const std::vector<float> sharp = after.voxels;
  for (std::size_t i = 4; i + 4 < sharp.size(); ++i)
    after.voxels[i] = std::accumulate(&sharp[i - 4], &sharp[i + 5], 0.f) / 9;  // along i
  write_volume(file("after.nii.gz"), after, {Overwrite::yes, ""});
  const Outcome outcome = report({"--no-viewer"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(page(), HasSubstr("anatomy may have gone with the noise"));
  EXPECT_THAT(outcome.err, HasSubstr("anatomy may have gone"));
}

TEST_F(ScanReport, IsOneFileThatMayAskForNothing) {
  ASSERT_EQ(report().exit_code, 0);
  const std::string html = page();
  EXPECT_LT(html.size(), 8'000'000U);
  EXPECT_THAT(html,
              HasSubstr("http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-"));
  EXPECT_THAT(html.substr(0, 2000), Not(HasSubstr("unsafe")));
  EXPECT_EQ(count_of("<script>", html), 2) << "NiiVue is not there; scripts/setup.sh installs it";
  EXPECT_EQ(count_of("src=\"", html), count_of("src=\"data:", html));
  EXPECT_EQ(count_of("<link", html), 0);
  EXPECT_THAT(html, HasSubstr("Copyright (c) 2021, Niivue"));
}

TEST_F(ScanReport, EscapesWhatFilesSay) {
  const std::string evil = "<script>alert(1)</script>\" onload='x'&";
  nlohmann::json record = this->record();
  record["notices"] = {evil};
  record["model"]["name"] = evil;
  record["command_line"] = {"voxprior", evil};
  record[evil] = evil;
  std::filesystem::rename(file("before.nii.gz"), file("<script>b.nii.gz"));
  put_record("after", record);
  const Outcome outcome = voxprior_run(
      {"report", "scan", file("<script>b.nii.gz"), file("after.nii.gz"), file("page.html"), "--no-viewer"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const std::string html = page();
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("onload='x'")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&#39;x&#39;&amp;"));
  EXPECT_THAT(html, HasSubstr("<title>&lt;script&gt;b.nii.gz"));
}

TEST_F(ScanReport, TakesARecordOfAnyShape) {
  put_record("after", {{"noise", "loud"}, {"model", {1, 2}}, {"inputs", nullptr}, {"seconds", "long"}, {"notices", 3}});
  const Outcome outcome = report({"--no-viewer"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(page(), HasSubstr("estimated for this page"));
}

TEST_F(ScanReport, SaysThatNothingIsKnownWithoutARecord) {
  std::filesystem::remove(file("after.voxprior.json"));
  const Outcome outcome = report({"--no-viewer"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("after.voxprior.json"));
  EXPECT_THAT(page(), HasSubstr("There is no after.voxprior.json beside the result"));
  EXPECT_THAT(page(), Not(HasSubstr("How it was made")));
}

TEST_F(ScanReport, FindsTheRecordInTheMetadataOfABidsDerivative) {
  std::filesystem::remove(file("after.voxprior.json"));
  const nlohmann::json metadata{{"SkullStripped", false}, {"Voxprior", record()}};
  test::put_bytes(scratch_ / "after.json", metadata.dump());
  ASSERT_EQ(report({"--no-viewer"}).exit_code, 0);
  EXPECT_THAT(page(), HasSubstr("SHA-256 of the input"));
  EXPECT_THAT(page(), Not(HasSubstr("There is no after.voxprior.json")));

  test::put_bytes(scratch_ / "after.json", "{\"SkullStripped\": false}");  // of somebody else
  ASSERT_EQ(report({"--no-viewer", "--overwrite"}).exit_code, 0);
  EXPECT_THAT(page(), HasSubstr("There is no after.voxprior.json"));
}

TEST_F(ScanReport, SaysThatTheRecordIsOfAnotherInput) {
  nlohmann::json record = this->record();
  record["inputs"]["volume"]["sha256"] = std::string(64, '0');
  put_record("after", record);
  ASSERT_EQ(report({"--no-viewer"}).exit_code, 0);
  EXPECT_THAT(page(), HasSubstr("names another input than before.nii.gz"));
}

TEST_F(ScanReport, ShowsANoiseMapAndAGivenResidual) {
  Volume map = read_volume(file("before.nii.gz"));
  map.stored.type = VoxelType::float32;
  map.voxels.assign(map.voxels.size(), kSigma);
  write_volume(file("map.nii.gz"), map);
  const Outcome outcome = report({"--no-viewer", "--noise-map", file("map.nii.gz"), "--residual", file("map.nii.gz")});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(count_of("<img width=", page()), 12);
  EXPECT_THAT(page(), HasSubstr("Noise map (sigma)"));
  EXPECT_THAT(page(), HasSubstr("Removed (rms in the object)</dt><dd>60<"));  // of the residual that was given
}

TEST_F(ScanReport, FullPagesHoldTheVolumesAsTheyAre) {
  ASSERT_EQ(report({"--full"}).exit_code, 0);
  const std::string html = page();
  EXPECT_THAT(html, HasSubstr("the volumes in full, as they are stored"));
  EXPECT_THAT(html, Not(HasSubstr("copies of 8 bits")));
}

TEST_F(ScanReport, RefusesWhatDoesNotBelongTogether) {
  write_volume(file("other.nii.gz"), read_volume(test::testdata("head_t1_crop.nii.gz")));
  const std::vector<std::string> scan{"report", "scan", file("before.nii.gz")};
  const auto with = [&](std::vector<std::string> more) {
    std::vector<std::string> words = scan;
    words.insert(words.end(), more.begin(), more.end());
    return voxprior_run(words);
  };
  expect_refused(with({file("other.nii.gz"), file("p.html")}), 3, "report scan");
  expect_refused(with({file("after.nii.gz"), file("p.html"), "--residual", file("other.nii.gz")}), 3, "report scan");
  expect_refused(with({file("after.nii.gz"), file("p.html"), "--noise-map", file("none.nii.gz")}), 3, "report scan");
  expect_refused(with({file("missing.nii.gz"), file("p.html")}), 3, "report scan");
  expect_refused(with({file("after.nii.gz"), file("p.txt")}), 2, "report scan");
  expect_refused(with({file("after.nii.gz"), file("p.html"), "--full", "--no-viewer"}), 2, "report scan");
  expect_refused(with({file("after.nii.gz"), file("no/such/p.html")}), 5, "report scan");
  EXPECT_FALSE(std::filesystem::exists(file("p.html")));
}

TEST_F(ScanReport, RefusesADamagedRecord) {
  test::put_bytes(scratch_ / "after.voxprior.json", "{\"noise\": ");
  expect_refused(report(), 3, "report scan");
  test::put_bytes(scratch_ / "after.voxprior.json", "[]");
  expect_refused(report(), 3, "report scan");
}

TEST_F(ScanReport, ReplacesAPageOnlyWhenAskedTo) {
  test::put_bytes(scratch_ / "page.html", "mine");
  expect_refused(report({"--no-viewer"}), 5, "report scan");
  EXPECT_EQ(page(), "mine");
  EXPECT_EQ(report({"--no-viewer", "--overwrite"}).exit_code, 0);
  EXPECT_THAT(page(), HasSubstr("<!DOCTYPE html>"));
}

TEST_F(ScanReport, NeverLoadsLibTorch) {
  const Outcome outcome = voxprior_run({"report", "scan", file("before.nii.gz"), file("after.nii.gz"), file("p.html")},
                                       {{"LD_DEBUG", "files"}});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err, Not(HasSubstr("libtorch")));
}

TEST_F(ScanReport, UnderstandsWhatDenoiseLeaves) {
  ASSERT_EQ(denoise(file("before.nii.gz"), file("out.nii.gz"), {"--noise-map", file("map.nii.gz")}).exit_code, 0);
  const Outcome outcome = voxprior_run({"report", "scan", file("before.nii.gz"), file("out.nii.gz"), file("page.html"),
                                        "--noise-map", file("map.nii.gz"), "--no-viewer"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(page(), Not(HasSubstr("names another input")));
  EXPECT_THAT(page(), Not(HasSubstr("estimated for this page")));
  EXPECT_THAT(page(), HasSubstr("<dt>Model</dt>"));
}

}  // namespace
}  // namespace voxprior
