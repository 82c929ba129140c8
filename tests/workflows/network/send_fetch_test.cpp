// send and fetch against a real archive, run as a user would.
#include "base/sha256.h"
#include "io/dicom/find_series.h"
#include "io/dicom/read_volume.h"
#include "tests/workflows/network/orthanc.h"
#include "tests/workflows/network/ports.h"
#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::testdata;
using testing::HasSubstr;
using testing::Not;

struct Archive : test::WorkflowTest {
  void SetUp() override {
    if (!test::Orthanc::available()) GTEST_SKIP() << "orthanc is not installed";
    port_ = test::free_port();
    archive_ = std::make_unique<test::Orthanc>(scratch_ / "orthanc",
                                               std::vector<test::Orthanc::Modality>{{"VOXPRIOR", port_}});
  }
  test::Outcome send(const std::string& what, std::vector<std::string> more = {}) const {
    std::vector<std::string> words{"send", what, archive_->endpoint()};
    words.insert(words.end(), more.begin(), more.end());
    return test::voxprior_run(words);
  }
  test::Outcome fetch(std::vector<std::string> more) const {
    std::vector<std::string> words{"fetch", archive_->endpoint(), file("out")};
    words.insert(words.end(), more.begin(), more.end());
    return test::voxprior_run(words);
  }
  void expect_same_volume(const fs::path& folder, const std::string& name) const {
    const std::vector<DicomSeries> found = find_dicom_series({folder});
    ASSERT_EQ(found.size(), 1u);
    const DicomSeries source = find_dicom_series({testdata("dicom/" + name)}).at(0);
    EXPECT_EQ(read_dicom_volume(found[0], 0).voxels, read_dicom_volume(source, 0).voxels);
  }

  int port_ = 0;
  std::unique_ptr<test::Orthanc> archive_;
};

using Send = Archive;
using Fetch = Archive;

TEST_F(Send, EveryInstanceOfAFolderArrives) {
  const test::Outcome outcome = send(testdata("dicom/ct_cmb_crc_crop"));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("stored 4 of 4 instances at ORTHANC@127.0.0.1:"));
  const auto series = archive_->series();
  ASSERT_EQ(series.size(), 1u);
  EXPECT_EQ(series[0]["SOP"].size(), 4u);
}

TEST_F(Send, FilesThatAreNoDicomArePassedOverAndDamagedOnesRefusedBeforeAnybodyIsCalled) {
  fs::copy(testdata("dicom/ct_cmb_crc_crop"), scratch_ / "in");
  test::put_bytes(scratch_ / "in" / "notes.txt", "hello");
  EXPECT_THAT(send(file("in")).out, HasSubstr("passed over 1 files"));
  const std::string whole = test::bytes_of(scratch_ / "in" / "1.dcm");
  test::put_bytes(scratch_ / "in" / "5.dcm", whole.substr(0, whole.size() - 100));
  test::expect_refused(send(file("in")), 3, "send");
}

TEST_F(Send, TheWrongNamesOrNobodyThereAreSaid) {
  const std::string in = testdata("dicom/ct_cmb_crc_crop");
  test::expect_refused(send(in, {"--as", "STRANGER", "--retries", "0"}), 5, "send");
  const std::string port = std::to_string(archive_->dicom_port());
  test::expect_refused(test::voxprior_run({"send", in, "WRONG@127.0.0.1:" + port, "--retries", "0"}), 5, "send");
  const std::string nobody = "ORTHANC@127.0.0.1:" + std::to_string(test::free_port());
  test::expect_refused(test::voxprior_run({"send", in, nobody, "--retries", "0"}), 5, "send");
  test::expect_refused(test::voxprior_run({"send", in, "ORTHANC:4242"}), 2, "send");
  EXPECT_TRUE(archive_->series().empty());
}

TEST_F(Send, WaitsForAReceiverThatComesBack) {
  archive_->stop();
  test::Process sending(test::program(),
                        {"send", testdata("dicom/ct_cmb_crc_crop"), archive_->endpoint(), "--retries", "6"});
  archive_->start();
  const test::Outcome outcome = sending.wait();
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(archive_->series().at(0)["SOP"].size(), 4u);
}

TEST_F(Fetch, BringsASeriesByGetAndByMove) {
  archive_->add_folder(testdata("dicom/ct_cmb_crc_crop"));
  archive_->add_folder(testdata("dicom/mr_enhanced_crop"));
  const std::string uid = find_dicom_series({testdata("dicom/ct_cmb_crc_crop")}).at(0).series_uid;
  const test::Outcome got = fetch({"--series", uid});
  EXPECT_EQ(got.exit_code, 0) << got.err << got.out;
  expect_same_volume(scratch_ / "out", "ct_cmb_crc_crop");

  fs::rename(scratch_ / "out", scratch_ / "by-get");
  const test::Outcome moved = fetch({"--match", "Modality=CT", "--via", "move", "--port", std::to_string(port_)});
  EXPECT_EQ(moved.exit_code, 0) << moved.err << moved.out;
  expect_same_volume(scratch_ / "out", "ct_cmb_crc_crop");
  for (const char* name : {"0001.dcm", "0002.dcm", "0003.dcm", "0004.dcm"})
    EXPECT_TRUE(fs::exists(scratch_ / "out" / "series-001" / name));
  EXPECT_EQ(std::distance(fs::directory_iterator(scratch_ / "out"), {}), 1) << "nothing is left beside the series";
}

TEST_F(Fetch, ListsWhatMatchesAndFetchesWholeStudies) {
  archive_->add_folder(testdata("dicom/ct_cmb_crc_crop"));
  archive_->add_folder(testdata("dicom/mr_enhanced_crop"));
  const DicomSeries mr = find_dicom_series({testdata("dicom/mr_enhanced_crop")}).at(0);
  const test::Outcome listed = fetch({"--match", "ModalitiesInStudy=MR", "--list"});
  EXPECT_EQ(listed.exit_code, 0) << listed.err;
  EXPECT_THAT(listed.out, HasSubstr(mr.series_uid));
  EXPECT_FALSE(fs::exists(scratch_ / "out"));
  EXPECT_EQ(fetch({"--study", mr.study_uid}).exit_code, 0);
  expect_same_volume(scratch_ / "out", "mr_enhanced_crop");
}

TEST_F(Fetch, WhatCannotBeFetchedIsSaid) {
  test::expect_refused(fetch({"--series", "1.2.3"}), 3, "fetch");
  test::expect_refused(fetch({}), 2, "fetch");
  test::expect_refused(fetch({"--match", "Modality"}), 2, "fetch");
  test::expect_refused(fetch({"--match", "NoSuchThing=1"}), 2, "fetch");
  test::expect_refused(fetch({"--series", "1.2.3", "--as", "STRANGER"}), 3, "fetch");
  EXPECT_FALSE(fs::exists(scratch_ / "out"));
}

}  // namespace
}  // namespace voxprior
