// Pages of thin slices that `recon superres` made of thick ones.
#include <cmath>

#include "tests/workflows/report/report_fixture.h"

namespace voxprior {
namespace {

using test::expect_refused;
using test::Outcome;
using test::voxprior_run;
using testing::HasSubstr;
using testing::Not;

/// before.nii.gz has slices that are the means of four of the clean volume's, which is after.nii.gz.
class ThinReport : public test::ReportTest {
 protected:
  static constexpr std::int64_t kThinInThick = 4;

  void SetUp() override {
    ReportTest::SetUp();
    Volume thin = read_volume(test::testdata("brain_t1_crop.nii.gz"));
    thin.geometry.size[2] -= thin.geometry.size[2] % kThinInThick;
    thin.voxels.resize(static_cast<std::size_t>(thin.geometry.voxel_count()));
    write_volume(file("after.nii.gz"), thin, {Overwrite::yes, ""});
    write_volume(file("before.nii.gz"), thick_of(thin), {Overwrite::yes, ""});
    put_record("after", record());
  }

  static Volume thick_of(const Volume& thin) {
    Volume thick = thin;
    Geometry& grid = thick.geometry;
    grid.size[2] /= kThinInThick;
    for (std::size_t row = 0; row < 3; ++row)
      grid.origin_mm[row] += (kThinInThick - 1) / 2. * grid.spacing_mm[2] * grid.lps_from_index[3 * row + 2];
    grid.spacing_mm[2] *= kThinInThick;
    thick.voxels.assign(static_cast<std::size_t>(grid.voxel_count()), 0);
    const auto plane = static_cast<std::size_t>(grid.size[0] * grid.size[1]);
    for (std::size_t n = 0; n < thin.voxels.size(); ++n)
      thick.voxels[n / (plane * kThinInThick) * plane + n % plane] += thin.voxels[n] / kThinInThick;
    return thick;
  }

  nlohmann::json record() const {
    nlohmann::json record = ReportTest::record();
    record.erase("noise");
    record["reconstruction"] = {{"data_residual", 0.0123}, {"residual_over_noise", 0.9}, {"model", record["model"]}};
    record.erase("model");
    const double mm = read_volume(file("after.nii.gz")).geometry.spacing_mm[2];
    record["slices"] = {{"axis", "k"}, {"thick_mm", kThinInThick * mm}, {"thin_mm", mm}};
    return record;
  }
};

TEST_F(ThinReport, ShowsThickSlicesThinOnesAndWhatWasAdded) {
  const Outcome outcome = report({"--no-viewer"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const std::string html = page();
  for (const char* text : {"Before: thick slices", "After: thin slices", "Added (after \u2212 before)", "1.23 %",
                           "0.9 of the noise", "made of slices 4 mm apart", "mri-t1", "plausible, not measured"})
    EXPECT_THAT(html, HasSubstr(text));
  for (const char* text : {"Removed", "Residual structure", "names another input"})
    EXPECT_THAT(html, Not(HasSubstr(text)));
  EXPECT_THAT(outcome.err, HasSubstr("plausible, not measured"));
}

TEST_F(ThinReport, ThinSlicesThatAreTheThickOnesAddNothing) {
  Volume thin = read_volume(file("after.nii.gz"));
  const Volume thick = read_volume(file("before.nii.gz"));
  const auto plane = static_cast<std::size_t>(thin.geometry.size[0] * thin.geometry.size[1]);
  for (std::size_t n = 0; n < thin.voxels.size(); ++n)
    thin.voxels[n] = thick.voxels[n / (plane * kThinInThick) * plane + n % plane];
  write_volume(file("after.nii.gz"), thin, {Overwrite::yes, ""});
  ASSERT_EQ(report({"--no-viewer"}).exit_code, 0);
  const std::string html = page(), first = "alt=\"Before: thick slices, ", second = "alt=\"After: thin slices, ";
  for (const char* plane_name : {"axial", "coronal", "sagittal"})
    EXPECT_EQ(picture_after(html, first + plane_name), picture_after(html, second + plane_name)) << plane_name;
}

TEST_F(ThinReport, ScansThatLieElsewhereAreRefused) {
  Volume moved = read_volume(file("after.nii.gz"));
  moved.geometry.origin_mm[0] += 5 * moved.geometry.spacing_mm[0];
  write_volume(file("after.nii.gz"), moved, {Overwrite::yes, ""});
  const Outcome outcome = report({"--no-viewer"});
  expect_refused(outcome, 3, "report scan");
  EXPECT_THAT(outcome.err, HasSubstr("lies outside of BEFORE"));
  EXPECT_FALSE(std::filesystem::exists(file("page.html")));
}

TEST_F(ThinReport, WhatIsOfDenoisingIsRefused) {
  for (const char* option : {"--residual", "--noise-map"}) {
    const Outcome outcome = report({option, file("before.nii.gz")});
    expect_refused(outcome, 2, "report scan");
    EXPECT_THAT(outcome.err, HasSubstr("has thin slices"));
  }
}

TEST_F(ThinReport, TakesWhatReconSuperresWrites) {
  const Outcome made = voxprior_run({"recon", "superres", file("before.nii.gz"), file("made.nii.gz"), "--prior",
                                     VOXPRIOR_RANDOM_MODEL, "--iterations", "1"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const Outcome outcome =
      voxprior_run({"report", "scan", file("before.nii.gz"), file("made.nii.gz"), file("page.html")});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(page(), HasSubstr("After: thin slices"));
  EXPECT_LT(page().size(), 8'000'000U);
}

}  // namespace
}  // namespace voxprior
