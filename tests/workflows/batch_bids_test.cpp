// voxprior batch as a BIDS App: what is taken, and that what comes out is a dataset of derivatives.
#include <random>
#include <regex>

#include "tests/workflows/batch_fixture.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::Outcome;
using testing::ElementsAre;
using testing::HasSubstr;

class BatchBids : public test::BatchTest {
 protected:
  void SetUp() override {
    put_scan("in/sub-01/ses-a/anat/sub-01_ses-a_T1w.nii.gz", 1);
    put_scan("in/sub-01/ses-b/anat/sub-01_ses-b_run-1_T1w.nii.gz", 2);
    put_scan("in/sub-02/anat/sub-02_T1w.nii", 3);
    put_scan("in/sub-02/anat/sub-02_FLAIR.nii.gz", 4);
    fs::create_directories(scratch_ / "in" / "derivatives" / "other" / "sub-03");
    test::put_bytes(scratch_ / "in" / "dataset_description.json",
                    R"({"Name": "d", "BIDSVersion": "1.8.0", "License": "CC0", "DatasetDOI": "doi:10.1/x"})");
    test::put_bytes(scratch_ / "in" / "T1w.json", R"({"EchoTime": 0.003, "PatientName": "Doe^Jane"})");
    test::put_bytes(scratch_ / "in" / "sub-02" / "anat" / "sub-02_T1w.json", R"({"FlipAngle": 9})");
  }

  /// With the model that "auto" would take, as far as the choice of scans is concerned.
  Outcome t1w_alone(const std::string& out, std::vector<std::string> more = {}) const {
    more.insert(more.end(), {"--bids-filter-file", file("t1w.json")});
    test::put_bytes(scratch_ / "t1w.json", R"({"t1w": {"datatype": "anat", "suffix": "T1w"}})");
    return batch(out, more);
  }

  std::vector<std::string> names(const std::string& folder) const {
    std::vector<std::string> all;
    for (const auto& [name, hash] : results(folder)) all.push_back(name);
    return all;
  }
};

TEST_F(BatchBids, DerivativesAreNamedAndDescribedAsBidsSays) {
  const Outcome outcome = t1w_alone("in/derivatives/voxprior", {"participant"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(names("in/derivatives/voxprior"),
              ElementsAre(".bidsignore", "README.md", "dataset_description.json", "descriptions.tsv",
                          "sub-01/ses-a/anat/sub-01_ses-a_desc-denoised_T1w.json",
                          "sub-01/ses-a/anat/sub-01_ses-a_desc-denoised_T1w.nii.gz",
                          "sub-01/ses-b/anat/sub-01_ses-b_run-1_desc-denoised_T1w.json",
                          "sub-01/ses-b/anat/sub-01_ses-b_run-1_desc-denoised_T1w.nii.gz",
                          "sub-02/anat/sub-02_desc-denoised_T1w.json", "sub-02/anat/sub-02_desc-denoised_T1w.nii"));
  const nlohmann::json description = json("in/derivatives/voxprior/dataset_description.json");
  EXPECT_EQ(description["DatasetType"], "derivative");
  EXPECT_EQ(description["GeneratedBy"][0]["Name"], "voxprior");
  EXPECT_EQ(description["DatasetLinks"]["raw"], "../..");
  EXPECT_EQ(description["License"], "CC0");
  EXPECT_EQ(description["SourceDatasets"][0]["DOI"], "doi:10.1/x");
  for (const char* key : {"Name", "BIDSVersion"}) EXPECT_TRUE(description[key].is_string()) << key;
  EXPECT_EQ(table("in/derivatives/voxprior/descriptions.tsv").at(0).at("desc_id"), "denoised");
}

TEST_F(BatchBids, EverySidecarNamesASourceThatIsThereAndNoPatient) {
  ASSERT_EQ(t1w_alone("out").exit_code, 0);
  int sidecars = 0;
  for (const std::string& name : names("out")) {
    if (name.rfind("sub-", 0) != 0 || fs::path(name).extension() != ".json") continue;
    ++sidecars;
    const nlohmann::json sidecar = json("out/" + name);
    const std::string source = sidecar["Sources"].at(0);
    ASSERT_EQ(source.rfind("bids:raw:", 0), 0u) << source;
    EXPECT_TRUE(fs::is_regular_file(scratch_ / "in" / source.substr(9))) << source;
    EXPECT_EQ(sidecar["EchoTime"], 0.003);
    EXPECT_EQ(sidecar["SkullStripped"], false);
    EXPECT_EQ(sidecar["Voxprior"]["model"]["name"], "random");
    EXPECT_THAT(sidecar.dump(), testing::Not(HasSubstr("Doe")));
  }
  EXPECT_EQ(sidecars, 3);
  EXPECT_EQ(json("out/sub-02/anat/sub-02_desc-denoised_T1w.json")["FlipAngle"], 9);
  EXPECT_EQ(json("out/dataset_description.json")["DatasetLinks"]["raw"],
            "file://" + fs::canonical(scratch_ / "in").string());
}

TEST_F(BatchBids, EveryNameIsMadeOfKnownPartsInTheirOrder) {
  ASSERT_EQ(batch("out").exit_code, 0);  // with a model that was named all contrasts are taken
  const std::regex scan(
      R"((sub-[a-zA-Z0-9]+)/(ses-[a-zA-Z0-9]+/)?anat/\1(_ses-[a-zA-Z0-9]+)?(_run-[0-9]+)?_desc-denoised_(T1w|FLAIR)\.(nii|nii\.gz|json))");
  const std::regex top(R"(dataset_description\.json|descriptions\.tsv|\.bidsignore|README\.md)");
  int scans = 0;
  for (const std::string& name : names("out")) {
    EXPECT_TRUE(std::regex_match(name, scan) || std::regex_match(name, top)) << name;
    scans += std::regex_match(name, scan) ? 1 : 0;
  }
  EXPECT_EQ(scans, 8);
}

TEST_F(BatchBids, WhatTheDefaultModelIsNotForIsPassedOverWithANotice) {
  const Outcome outcome = test::voxprior_run(
      {"batch", file("in"), file("out"), "--threads", "1", "--mirrors", "1", "--participant-label", "sub-02"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("notice: 1 images in anat/ are not taken (1 FLAIR)"));
  EXPECT_EQ(json("out/sub-02/anat/sub-02_desc-denoised_T1w.json")["Voxprior"]["model"]["name"], "mri-t1");
  EXPECT_EQ(results("out").size(), 6u);
}

TEST_F(BatchBids, ParticipantsAndSessionsCanBeChosenAndRunsMeetInOneOut) {
  ASSERT_EQ(t1w_alone("out", {"participant", "--participant-label", "02"}).exit_code, 0);
  EXPECT_EQ(results("out").size(), 6u);
  EXPECT_FALSE(fs::exists(scratch_ / "out" / "summary.tsv"));
  ASSERT_EQ(t1w_alone("out", {"participant", "--participant-label", "01", "02", "--session-label", "b"}).exit_code, 0);
  EXPECT_EQ(results("out").size(), 8u);
  test::expect_refused(t1w_alone("out", {"participant", "--participant-label", "07"}), 2, "batch");
  test::expect_refused(t1w_alone("out", {"participant", "--session-label", "c"}), 2, "batch");
}

TEST_F(BatchBids, AScanWhoseContentIsNotThereFailsAlone) {
  fs::create_symlink("../../.git/annex/objects/none", scratch_ / "in" / "sub-02" / "anat" / "sub-02_acq-x_T1w.nii.gz");
  const Outcome outcome = t1w_alone("out");
  EXPECT_EQ(outcome.exit_code, 8);
  EXPECT_THAT(outcome.out, HasSubstr("sub-02_acq-x_T1w.nii.gz\": no such file"));
  EXPECT_TRUE(fs::exists(scratch_ / "out" / "sub-02" / "anat" / "sub-02_desc-denoised_T1w.nii"));
}

TEST_F(BatchBids, AReadmeThatSomebodyWroteStays) {
  fs::create_directory(scratch_ / "out");
  test::put_bytes(scratch_ / "out" / "README", "mine");
  ASSERT_EQ(t1w_alone("out", {"participant", "--participant-label", "02"}).exit_code, 0);
  EXPECT_FALSE(fs::exists(scratch_ / "out" / "README.md"));
  EXPECT_EQ(test::bytes_of(scratch_ / "out" / "README"), "mine");
}

TEST_F(BatchBids, OutAmongTheScansIsRefused) {
  test::expect_refused(t1w_alone("in/sub-01"), 5, "batch");
  test::expect_refused(t1w_alone("in"), 5, "batch");
}

}  // namespace
}  // namespace voxprior
