#include "workflows/batch/bids_sidecar.h"

#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

TEST(BidsMetadata, TheNearerFileWinsAndFilesOfOtherScansDoNotCount) {
  const test::ScratchFolder dataset;
  fs::create_directories(dataset / "sub-01" / "anat");
  test::put_bytes(dataset / "T1w.json", R"({"FlipAngle": 9, "EchoTime": 0.003})");
  test::put_bytes(dataset / "acq-other_T1w.json", R"({"FlipAngle": 1})");
  test::put_bytes(dataset / "T2w.json", R"({"FlipAngle": 2})");
  test::put_bytes(dataset / "sub-01" / "anat" / "sub-01_T1w.json", R"({"EchoTime": 0.004})");
  test::put_bytes(dataset / "sub-01" / "sub-01_T1w.json", "damaged");
  const fs::path scan = dataset / "sub-01" / "anat" / "sub-01_T1w.nii.gz";
  const auto metadata = bids_metadata(dataset.path(), scan, *parse_bids_name("sub-01_T1w.nii.gz"));
  EXPECT_EQ(metadata, (nlohmann::ordered_json{{"FlipAngle", 9}, {"EchoTime", 0.004}}));
}

TEST(DerivativeMetadata, SaysWhereItComesFromAndCarriesNothingThatMayNameThePatient) {
  const nlohmann::ordered_json metadata = {
      {"PatientName", "Doe^Jane"}, {"AcquisitionTime", "12:00:00"}, {"EchoTime", 0.003}, {"SpatialReference", "orig"}};
  const auto raw = derivative_metadata(metadata, "sub-01/anat/sub-01_T1w.nii.gz", true);
  EXPECT_EQ(raw, (nlohmann::ordered_json{{"Sources", {"bids:raw:sub-01/anat/sub-01_T1w.nii.gz"}},
                                         {"SkullStripped", false},
                                         {"EchoTime", 0.003},
                                         {"SpatialReference", "orig"}}));
  EXPECT_FALSE(derivative_metadata(metadata, "x", false).contains("SkullStripped"));
}

}  // namespace
}  // namespace voxprior
