#include <cmath>

#include "io/volume_file.h"
#include "tests/support/awkward_volume.h"
#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

using test::expect_refused;
using test::Outcome;
using test::voxprior_run;
using testing::HasSubstr;

class EvaluateCommand : public test::WorkflowTest {
 protected:
  EvaluateCommand() {
    Volume volume = test::awkward_volume();
    for (size_t i = 0; i < volume.voxels.size(); ++i) volume.voxels[i] = static_cast<float>(100 + i % 101);
    write_volume(scratch_ / "ref.nii", volume);
    for (float& v : volume.voxels) v += 2;
    write_volume(scratch_ / "two_more.nii", volume);
  }
};

TEST_F(EvaluateCommand, PsnrOfAConstantErrorIsPeakOverIt) {
  const Outcome outcome = voxprior_run({"evaluate", file("ref.nii"), file("two_more.nii"), "--peak", "200", "--json",
                                        file("e.json"), "--csv", file("e.csv")});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const nlohmann::json result = json("e.json");
  EXPECT_NEAR(result["cases"][0]["psnr_db"].get<double>(), 40, 1e-6);  // 20 log10(200 / 2)
  EXPECT_NEAR(result["cases"][0]["rmse"].get<double>(), 2, 1e-6);
  EXPECT_EQ(result["cases"][0]["mask_voxels"], 7 * 5 * 6);
  EXPECT_EQ(result["peak"], "200");
  EXPECT_THAT(outcome.out, HasSubstr("40.00"));
  EXPECT_THAT(test::bytes_of(scratch_ / "e.csv"), HasSubstr("two_more.nii\",40,"));
}

// What `recon mri` makes of a slice can be measured, too.
TEST_F(EvaluateCommand, ASliceAloneIsMeasuredInTwoDimensions) {
  Volume slice = read_volume(scratch_ / "ref.nii");
  slice.geometry.size = {7, 30, 1};
  write_volume(scratch_ / "slice.nii", slice);
  for (float& v : slice.voxels) v = v * 1.1F + 1;
  write_volume(scratch_ / "other.nii", slice);
  const Outcome outcome = voxprior_run({"evaluate", file("slice.nii"), file("other.nii"), "--json", file("e.json")});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const double ssim = json("e.json")["cases"][0]["ssim"].get<double>();
  EXPECT_GT(ssim, 0);
  EXPECT_LT(ssim, 1);
}

TEST_F(EvaluateCommand, DefaultPeakIgnoresZerosAndDefaultMaskIsTwoPercentOfIt) {
  Volume volume = read_volume(scratch_ / "ref.nii");
  std::fill_n(volume.voxels.begin(), 100, 0.f);
  std::fill_n(volume.voxels.begin() + 100, 110, 1000.f);
  volume.voxels[209] = 1;  // neither zero nor brain
  write_volume(scratch_ / "plain.nii", volume);
  voxprior_run({"evaluate", file("plain.nii"), file("plain.nii"), "--json", file("e.json")});
  const nlohmann::json one = json("e.json")["cases"][0];
  EXPECT_EQ(one["peak"], 1000);
  EXPECT_EQ(one["mask_voxels"], 109);
  EXPECT_TRUE(one["psnr_db"].is_null());  // identical: infinite
  EXPECT_NEAR(one["ssim"].get<double>(), 1, 1e-12);
}

TEST_F(EvaluateCommand, TextureIsComparedWhenAskedFor) {
  Volume half = read_volume(scratch_ / "ref.nii");
  for (float& v : half.voxels) v = 150 + (v - 150) / 2;
  write_volume(scratch_ / "half.nii", half);
  const Outcome outcome = voxprior_run(
      {"evaluate", file("ref.nii"), file("half.nii"), "--texture", "--json", file("t.json"), "--csv", file("t.csv")});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("gradients"));
  EXPECT_NEAR(json("t.json")["cases"][0]["texture"]["gradients"].get<double>(), 0.5, 0.02);  // rounded voxels
  EXPECT_LT(json("t.json")["mean"]["texture"]["fine_power_db"].get<double>(), -3);
  EXPECT_THAT(test::bytes_of(scratch_ / "t.csv"), HasSubstr("mask_voxels,spectrum_db,fine_power_db,gradients\n"));
  expect_refused(voxprior_run({"evaluate", file(""), file(""), "--synthesis", "--texture"}), 2, "evaluate");
}

TEST_F(EvaluateCommand, MaskFileChoosesTheVoxels) {
  Volume mask = read_volume(scratch_ / "ref.nii");
  std::fill(mask.voxels.begin(), mask.voxels.end(), 0.f);
  std::fill_n(mask.voxels.begin(), 42, 1.f);
  write_volume(scratch_ / "mask.nii", mask);
  voxprior_run(
      {"evaluate", file("ref.nii"), file("two_more.nii"), "--mask", file("mask.nii"), "--json", file("e.json")});
  EXPECT_EQ(json("e.json")["cases"][0]["mask_voxels"], 42);
}

TEST_F(EvaluateCommand, FoldersAreMatchedByName) {
  std::filesystem::create_directories(scratch_ / "ref");
  std::filesystem::create_directories(scratch_ / "test");
  for (const char* name : {"b.nii", "a.nii"}) {
    std::filesystem::copy_file(scratch_ / "ref.nii", scratch_ / "ref" / name);
    std::filesystem::copy_file(scratch_ / "two_more.nii", scratch_ / "test" / name);
  }
  test::put_bytes(scratch_ / "test" / "a.voxprior.json", "{}");  // a sidecar is no volume
  EXPECT_EQ(voxprior_run({"evaluate", file("ref"), file("test"), "--json", file("e.json")}).exit_code, 0);
  const nlohmann::json cases = json("e.json")["cases"];
  ASSERT_EQ(cases.size(), 2u);
  EXPECT_EQ(cases[0]["test"], file("test/a.nii"));
  EXPECT_EQ(cases[1]["reference"], file("ref/b.nii"));

  std::filesystem::remove(scratch_ / "ref" / "a.nii");
  expect_refused(voxprior_run({"evaluate", file("ref"), file("test")}), 3, "evaluate");
}

TEST_F(EvaluateCommand, OtherGridsAreRefused) {
  const Volume reference = read_volume(scratch_ / "ref.nii");
  Volume moved = reference;
  moved.geometry.origin_mm[1] += 0.5;
  moved.stored.native_header.clear();
  write_volume(scratch_ / "moved.nii", moved);
  expect_refused(voxprior_run({"evaluate", file("ref.nii"), file("moved.nii")}), 3, "evaluate");
  expect_refused(voxprior_run({"evaluate", file("ref.nii"), file("two_more.nii"), "--mask", file("moved.nii")}), 3,
                 "evaluate");
}

TEST_F(EvaluateCommand, BadPeakIsMisuse) {
  for (const char* peak : {"p100", "0", "-5"}) {
    expect_refused(voxprior_run({"evaluate", file("ref.nii"), file("two_more.nii"), "--peak", peak}), 2, "evaluate");
  }
}

}  // namespace
}  // namespace voxprior
