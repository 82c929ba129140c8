// info on folders of DICOM files: real ones, cropped, in testdata/dicom.
#include <filesystem>

#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

using test::expect_refused;
using test::Outcome;
using test::testdata;
using test::voxprior_run;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class DicomInfo : public test::WorkflowTest {
 protected:
  nlohmann::json info(std::vector<std::string> words) {
    words.insert(words.begin(), {"info", "--json"});
    const Outcome outcome = voxprior_run(words);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return nlohmann::json::parse(outcome.out);
  }
};

TEST_F(DicomInfo, ListsSeriesWithSizeSpacingAndOrientation) {
  const nlohmann::json about = info({testdata("dicom/ct_cmb_crc_crop")});
  EXPECT_EQ(about["format"], "DICOM");
  ASSERT_EQ(about["series"].size(), 1u);
  const nlohmann::json& series = about["series"][0];
  EXPECT_EQ(series["number"], 3);
  EXPECT_EQ(series["modality"], "CT");
  EXPECT_EQ(series["images"], 4);
  EXPECT_EQ(series["problems"].size(), 0u);
  ASSERT_EQ(series["volumes"].size(), 1u);
  EXPECT_EQ(series["volumes"][0]["size"], (std::vector<int>{64, 48, 4}));
  EXPECT_NEAR(series["volumes"][0]["spacing_mm"][0].get<double>(), 0.898438, 1e-6);
  EXPECT_NEAR(series["volumes"][0]["spacing_mm"][2].get<double>(), 2.5, 1e-6);
  EXPECT_EQ(series["volumes"][0]["orientation"], "LPS");

  const Outcome text = voxprior_run({"info", testdata("dicom/ct_cmb_crc_crop")});
  EXPECT_THAT(text.out, HasSubstr("volume 0  64 x 48 x 4 voxels of 0.898438 x 0.898438 x 2.5 mm, LPS"));
}

// 59.9 HU in the whole scan that this crop is of.
TEST_F(DicomInfo, TheNoiseOfCtIsThatOfSoftTissue) {
  const nlohmann::json noise = info({testdata("dicom/ct_cmb_crc_crop"), "--series", "3"})["noise"];
  EXPECT_NEAR(noise["sigma"].get<double>(), 59.9, 8);
  EXPECT_EQ(noise["white"], false);
  EXPECT_NEAR(noise["kernel"]["cutoff"].get<double>(), 0.43, 0.1);
  EXPECT_NEAR(noise["kernel"]["overlap"].get<double>(), 0.15, 0.06);
}

TEST_F(DicomInfo, SeveralVolumesOfOneFileAreToldApart) {
  const nlohmann::json series = info({testdata("dicom/mr_enhanced_4d_crop")})["series"][0];
  ASSERT_EQ(series["volumes"].size(), 2u);
  EXPECT_EQ(series["volumes"][0]["label"], "type T1/FIELD_MAP");
  EXPECT_EQ(series["volumes"][1]["label"], "type T1/M");
}

TEST_F(DicomInfo, SaysThatSlicesAreTiltedAndWhereOneIsMissing) {
  EXPECT_EQ(info({testdata("dicom/ct_gantry_tilt_crop")})["series"][0]["volumes"][0]["sheared"], true);
  for (const char* name : {"1.dcm", "2.dcm", "4.dcm"})
    std::filesystem::copy(testdata("dicom/ct_cmb_crc_crop/") + name, scratch_ / name);
  const nlohmann::json series = info({scratch_.path().string()})["series"][0];
  EXPECT_EQ(series["volumes"][0]["gaps_mm"].size(), 2u);
  EXPECT_THAT(series["problems"][0].get<std::string>(), HasSubstr("planes are not equally spaced"));
}

TEST_F(DicomInfo, ASeriesIsChosenByNumberOrUid) {
  const std::string folder = testdata("dicom/ct_cmb_crc_crop");
  const std::string uid = info({folder})["series"][0]["series_uid"];
  const nlohmann::json about = info({folder, "--series", "3"});
  EXPECT_EQ(about["format"], "DICOM");
  EXPECT_EQ(about["modality"], "CT");
  EXPECT_EQ(about["series_uid"], uid);
  EXPECT_EQ(info({folder, "--series", uid})["intensity"], about["intensity"]);
  expect_refused(voxprior_run({"info", folder, "--series", "4"}), 3, "info");
}

TEST_F(DicomInfo, WhatIsNoVolumeAndWhatIsDamagedIsNamed) {
  const nlohmann::json about = info({testdata("dicom/pydicom")});
  std::string problems;
  for (const nlohmann::json& series : about["series"]) problems += series["problems"].dump();
  EXPECT_THAT(problems, HasSubstr("RTDoseStorage: not a volume of MR or CT"));
  EXPECT_THAT(problems, HasSubstr("SecondaryCaptureImageStorage: not a volume of MR or CT"));
  EXPECT_THAT(about["unreadable"].dump(), HasSubstr("MR_truncated.dcm"));
}

TEST_F(DicomInfo, NoNameOfAPatientIsPrinted) {
  const Outcome outcome = voxprior_run({"info", testdata("dicom/pydicom")});
  EXPECT_THAT(outcome.out, Not(HasSubstr("CompressedSamples")));  // PatientName of the MR and CT files
  EXPECT_THAT(outcome.out, Not(HasSubstr("Lestrade")));           // of an RT plan
}

TEST_F(DicomInfo, AnEmptyFolderHoldsNoSeries) {
  EXPECT_EQ(info({scratch_.path().string()})["series"].size(), 0u);
  expect_refused(voxprior_run({"info", scratch_.path().string(), "--series", "1"}), 3, "info");
}

}  // namespace
}  // namespace voxprior
