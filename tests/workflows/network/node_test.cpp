// The node from end to end: a real archive sends series, and gets derived ones back.
#include <sys/stat.h>

#include <map>

#include "io/dicom/find_series.h"
#include "tests/workflows/network/node_fixture.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::testdata;
using test::wait_until;
using testing::HasSubstr;
using testing::Not;

using NodeEndToEnd = test::NodeTest;

/// The lines with which dciodvfy calls an attribute wrong, over all files of a folder.
std::map<std::string, int> complaints_about(const fs::path& folder) {
  std::map<std::string, int> complaints;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const test::Outcome outcome = test::Process("/usr/bin/dciodvfy", {entry.path().string()}).wait();
    std::istringstream lines(outcome.err);
    for (std::string line; std::getline(lines, line);)
      if (line.compare(0, 5, "Error") == 0) ++complaints[line];
  }
  return complaints;
}

TEST_F(NodeEndToEnd, CtAndMrFromAnArchiveComeBackIntoTheirStudies) {
  start({{"rule",
          "name = \"ct\"\nmodality = \"CT\"\nsenders = [\"ORTHANC\"]\nmodel = \"ct\"\n"
          "destinations = [\"archive\"]"},
         {"rule", std::string("name = \"mr\"\nmodality = \"MR\"\ndescription = [\"*t1w*\"]\nmodel = \"") +
                      VOXPRIOR_RANDOM_MODEL + "\"\ndestinations = [\"archive\"]"}});
  archive_->add_folder(ct());
  archive_->add_folder(testdata("dicom/mr_enhanced_crop"));
  for (const nlohmann::json& source : archive_->series()) archive_->send_to("VOXPRIOR", source["ID"]);
  ASSERT_TRUE(wait_until([&] { return results().size() == 2 && node_->events("done") == 2; })) << node_->audit();

  for (const nlohmann::json& derived : results()) {
    const std::string modality = derived["MainDicomTags"]["Modality"];
    const std::string source_folder = modality == "CT" ? ct() : testdata("dicom/mr_enhanced_crop");
    const DicomSeries source = find_dicom_series({source_folder}).at(0);
    EXPECT_EQ(
        archive_->get("/studies/" + derived["ParentStudy"].get<std::string>())["MainDicomTags"]["StudyInstanceUID"],
        source.study_uid);
    EXPECT_EQ(derived["SOP"].size(), modality == "CT" ? 4u : 1u);
    archive_->save_series(derived["ID"], scratch_ / modality);
    EXPECT_EQ(complaints_about(scratch_ / modality), complaints_about(source_folder)) << modality;
  }
  EXPECT_EQ(node_->metric("series_done_total"), 2);
  EXPECT_EQ(node_->metric("instances_delivered_total"), 5);
  EXPECT_EQ(node_->health_status(), 200);
  EXPECT_THAT(node_->audit(), HasSubstr("\"model_sha256\":\""));
  EXPECT_EQ(node_->stop(), 0);
}

TEST_F(NodeEndToEnd, NoPatientDataIsLoggedOrNamedAndNobodyElseMayRead) {
  start({{"rule", "name = \"ct\"\nmodality = \"CT\"\ndestinations = [\"archive\"]"}});
  fs::copy(ct(), scratch_ / "in");
  std::vector<std::string> words{"-nb",
                                 "-i",
                                 "PatientName=SECRET^NAME",
                                 "-i",
                                 "PatientID=ID-4711-SECRET",
                                 "-i",
                                 "SeriesDescription=SECRET description"};
  for (const auto& entry : fs::directory_iterator(scratch_ / "in")) words.push_back(entry.path().string());
  ASSERT_EQ(test::Process("/usr/bin/dcmodify", words).wait().exit_code, 0);
  ASSERT_EQ(node_->store(scratch_ / "in").exit_code, 0);
  ASSERT_TRUE(wait_until([&] { return node_->events("done") == 1; })) << node_->audit();

  const std::string uid = find_dicom_series({scratch_ / "in"}).at(0).series_uid;
  for (const auto& entry : fs::recursive_directory_iterator(node_->spool())) {
    struct stat status {};
    ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, entry.is_directory() ? 0700u : 0600u) << entry.path();
    EXPECT_THAT(entry.path().string(), Not(HasSubstr("SECRET")));
    EXPECT_THAT(entry.path().string(), Not(HasSubstr(uid)));
    const std::string ending = entry.path().extension();
    if (entry.is_regular_file() && ending != ".dcm" && ending != ".json") {
      EXPECT_THAT(test::bytes_of(entry.path()), Not(HasSubstr("SECRET"))) << entry.path();
      EXPECT_THAT(test::bytes_of(entry.path()), Not(HasSubstr(uid))) << entry.path();
    }
  }
}

TEST_F(NodeEndToEnd, CompressedImagesAreTakenAsTheyAre) {
  start();
  fs::create_directory(scratch_ / "in");
  for (const auto& entry : fs::directory_iterator(ct())) {
    const std::string to = (scratch_ / "in" / entry.path().filename()).string();
    ASSERT_EQ(test::Process("/usr/bin/dcmcjpls", {entry.path().string(), to}).wait().exit_code, 0);
  }
  ASSERT_EQ(node_->store(scratch_ / "in", {"-xt"}).exit_code, 0);
  ASSERT_TRUE(wait_until([&] { return arrived(1, 4); })) << node_->audit();
  for (const auto& entry : fs::recursive_directory_iterator(node_->spool() / "series"))
    if (entry.is_regular_file()) {
      EXPECT_THAT(test::bytes_of(entry.path()), HasSubstr("1.2.840.10008.1.2.4.80"));
    }
}

TEST_F(NodeEndToEnd, OwnResultsThatComeBackAreIgnored) {
  start({{"rule", "name = \"all\"\ndestinations = [\"archive\"]"}});
  ASSERT_EQ(node_->store(ct()).exit_code, 0);
  ASSERT_TRUE(wait_until([&] { return arrived(1, 4); })) << node_->audit();
  archive_->send_to("VOXPRIOR", results().at(0)["ID"]);
  EXPECT_EQ(node_->metric("own_results_total"), 4);
  EXPECT_EQ(node_->events("own result ignored"), 1);
  EXPECT_EQ(node_->events("computing"), 1);
  EXPECT_EQ(node_->events("received"), 1);
}

TEST_F(NodeEndToEnd, ARuleForThinSlicesMakesThemAndIgnoresThemWhenTheyComeBack) {
  start({{"rule",
          "name = \"thin\"\ntask = \"superres\"\nmodality = \"CT\"\nspacing = 1.25\nthickness = 3\ndestinations = "
          "[\"archive\"]"},
         {"rule", "name = \"not thick\"\ntask = \"superres\"\ndestinations = [\"archive\"]"}});
  ASSERT_EQ(node_->store(ct()).exit_code, 0);
  ASSERT_EQ(node_->store(testdata("dicom/mr_enhanced_crop")).exit_code, 0);
  ASSERT_TRUE(wait_until([&] { return arrived(1, 8) && node_->events("computing failed") == 1; })) << node_->audit();
  EXPECT_THAT(node_->audit(), HasSubstr("\"model\":\"ct\""));
  EXPECT_THAT(node_->audit(), HasSubstr("voxprior recon superres ended with 3"));

  const nlohmann::json derived = results().at(0);
  archive_->save_series(derived["ID"], scratch_ / "thin");
  const DicomSeries thin = find_dicom_series({scratch_ / "thin"}).at(0), thick = find_dicom_series({ct()}).at(0);
  EXPECT_EQ(thin.study_uid, thick.study_uid);
  EXPECT_EQ(thin.stacks.at(0).geometry.size[2], 8);
  EXPECT_NEAR(thin.stacks.at(0).geometry.spacing_mm[2], 1.25, 1e-6);
  EXPECT_THAT(test::bytes_of(fs::directory_iterator(scratch_ / "thin")->path()), HasSubstr(", thickness_mm 3.0,"));
  for (const auto& [line, count] : complaints_about(scratch_ / "thin"))
    EXPECT_EQ(complaints_about(ct()).count(line), 1u) << line;

  archive_->send_to("VOXPRIOR", derived["ID"]);
  EXPECT_EQ(node_->metric("own_results_total"), 8);
  EXPECT_EQ(node_->events("own result ignored"), 1);
  EXPECT_EQ(node_->stop(), 0);
}

TEST_F(NodeEndToEnd, AnArchiveIsAskedWhetherItKeepsTheResults) {
  start({{"destination", "name = \"keeper\"\nae_title = \"ORTHANC\"\nhost = \"127.0.0.1\"\ncommitment = true\nport = " +
                             std::to_string(archive_->dicom_port())},
         {"rule", "name = \"all\"\ndestinations = [\"keeper\"]"}});
  ASSERT_EQ(node_->store(ct()).exit_code, 0);
  ASSERT_TRUE(wait_until([&] { return node_->events("done") == 1; })) << node_->audit();
  EXPECT_THAT(node_->audit(), HasSubstr("\"known\":true,\"kept\":4,\"not kept\":0"));
}

TEST_F(NodeEndToEnd, WhatWasSentAgainIsAcknowledgedAndNotProcessedTwice) {
  start({{"series", "settle_s = 0.3\nwait_s = 1\nretention_h = 0"}});
  ASSERT_EQ(node_->store(ct()).exit_code, 0);
  ASSERT_TRUE(wait_until([&] { return node_->events("wiped") == 1; })) << node_->audit();
  EXPECT_TRUE(fs::is_empty(node_->spool() / "series"));
  EXPECT_TRUE(fs::is_empty(node_->spool() / "work"));
  ASSERT_EQ(node_->store(ct()).exit_code, 0);
  EXPECT_EQ(node_->metric("instances_repeated_total"), 4);
  EXPECT_EQ(node_->metric("instances_stored_total"), 4);
  EXPECT_EQ(node_->stop(), 0) << "nothing is left to do";
  EXPECT_EQ(node_->events("computing"), 1);
  EXPECT_TRUE(arrived(1, 4));
}

TEST_F(NodeEndToEnd, AModelThatDoesNotFitIsSaidAndTheImagesAreKept) {
  start({{"rule", std::string("name = \"wrong\"\nmodality = \"CT\"\nmodel = \"") + VOXPRIOR_RANDOM_MODEL +
                      "\"\ndestinations = [\"archive\"]"},
         {"rule", "name = \"missing\"\nmodality = \"MR\"\nmodel = \"no-such-model\"\ndestinations = [\"archive\"]"}});
  ASSERT_EQ(node_->store(ct()).exit_code, 0);
  ASSERT_EQ(node_->store(testdata("dicom/mr_enhanced_crop")).exit_code, 0);
  ASSERT_TRUE(wait_until([&] { return node_->events("computing failed") == 2; })) << node_->audit();
  EXPECT_THAT(node_->audit(), HasSubstr("voxprior denoise ended with 3"));  // MR model, CT images
  EXPECT_THAT(node_->audit(), HasSubstr("voxprior denoise ended with 4"));
  EXPECT_TRUE(results().empty());
  EXPECT_EQ(std::distance(fs::directory_iterator(node_->spool() / "series"), {}), 2);
}

}  // namespace
}  // namespace voxprior
