#include <cmath>

#include "io/itk/resample.h"
#include "tests/workflows/recon_fixture.h"

namespace voxprior {
namespace {

using test::expect_refused;
using test::Outcome;
using test::psnr;
using test::testdata;
using testing::HasSubstr;
namespace fs = std::filesystem;

class ReconVolume : public test::ReconTest {};

TEST_F(ReconVolume, ThinSlicesAgreeWithTheThickOnes) {
  const Volume thin = piece();
  const Volume thick = test::thick_slices_of(thin, 4);
  write_volume(file("thick.nii.gz"), thick);

  const Outcome outcome = recon("superres", file("thick.nii.gz"), "thin.nii.gz",
                                {"--spacing", std::to_string(thin.geometry.spacing_mm[2])});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const Volume made = volume("thin.nii.gz");
  ASSERT_EQ(made.geometry.size, thin.geometry.size);
  for (int axis = 0; axis < 3; ++axis) EXPECT_NEAR(made.geometry.origin_mm[axis], thin.geometry.origin_mm[axis], 1e-3);
  const Volume interpolated = resample_to_spacing(thick, thin.geometry.spacing_mm, Interpolation::bspline);
  const double prior = psnr(thin, made), spline = psnr(thin, interpolated);
  RecordProperty("prior", std::to_string(prior));
  RecordProperty("spline", std::to_string(spline));
  EXPECT_GT(prior, spline + 1);

  expect_refused(recon("superres", testdata("brain_t1_crop.nii.gz"), "no.nii.gz"), 3, "recon superres");
  EXPECT_FALSE(fs::exists(file("no.nii.gz")));
}

TEST_F(ReconVolume, InpaintingTouchesNothingButTheHole) {
  const Volume whole = piece();
  Volume hole = whole, mask = whole;
  std::fill(mask.voxels.begin(), mask.voxels.end(), 0.f);
  for (int k = 5; k < 9; ++k)
    for (int j = 12; j < 18; ++j)
      for (int i = 12; i < 18; ++i) {
        const auto n = static_cast<std::size_t>((k * 32 + j) * 32 + i);
        mask.voxels[n] = 1;
        hole.voxels[n] = 0;
      }
  write_volume(file("hole.nii.gz"), hole);
  write_volume(file("mask.nii.gz"), mask);
  const Outcome outcome = recon("inpaint", file("hole.nii.gz"), "filled.nii.gz", {"--mask", file("mask.nii.gz")});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const Volume filled = volume("filled.nii.gz");
  double error = 0, scale = 0;
  for (std::size_t n = 0; n < filled.voxels.size(); ++n) {
    if (mask.voxels[n] == 0) {
      ASSERT_EQ(filled.voxels[n], hole.voxels[n]);
      continue;
    }
    error += std::pow(filled.voxels[n] - whole.voxels[n], 2);
    scale += std::pow(whole.voxels[n], 2);
  }
  EXPECT_LT(std::sqrt(error / scale), 0.1);

  const std::set<std::string> before = scratch_.names();
  const auto refused = [&](const std::string& other) {
    expect_refused(recon("inpaint", file("hole.nii.gz"), "no.nii.gz", {"--mask", other}), 3, "recon inpaint");
    EXPECT_THAT(new_since(before), testing::IsEmpty());
  };
  refused(testdata("brain_t1_crop.nii.gz"));
  refused(file("missing.nii.gz"));
  for (const std::vector<std::string>& words : {std::vector<std::string>{},
                                                {"--slices", "16"},
                                                {"--slices", "3-"},
                                                {"--slices", "5-4"},
                                                {"--slices", "0-15"},
                                                {"--slices", "3", "--mask", file("mask.nii.gz")}})
    expect_refused(recon("inpaint", file("hole.nii.gz"), "no.nii.gz", words), 2, "recon inpaint");
  EXPECT_THAT(new_since(before), testing::IsEmpty());
}

TEST_F(ReconVolume, MissingSlicesAreBetterThanTheMeanOfTheirNeighbours) {
  const Volume whole = piece();
  Volume gap = whole, mean = whole;
  const std::size_t slice = 32 * 32;
  for (const std::size_t k : {5, 10}) {
    for (std::size_t n = k * slice; n < (k + 1) * slice; ++n) {
      gap.voxels[n] = 0;
      mean.voxels[n] = (whole.voxels[n - slice] + whole.voxels[n + slice]) / 2;
    }
  }
  write_volume(file("gap.nii.gz"), gap);
  const Outcome outcome = recon("inpaint", file("gap.nii.gz"), "filled.nii.gz", {"--slices", "5,10-10"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const double prior = psnr(whole, volume("filled.nii.gz")), neighbours = psnr(whole, mean);
  RecordProperty("prior", std::to_string(prior));
  RecordProperty("neighbours", std::to_string(neighbours));
  EXPECT_GT(prior, neighbours + 3);
}

}  // namespace
}  // namespace voxprior
