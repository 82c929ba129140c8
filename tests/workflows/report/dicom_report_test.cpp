// Pages of DICOM series: found by their record, with nothing of the patient.
#include <cctype>

#include "tests/io/dicom/deidentify/planted.h"
#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::expect_refused;
using test::Outcome;
using test::testdata;
using test::voxprior_run;
using testing::HasSubstr;
using testing::Not;

class DicomReport : public test::WorkflowTest {
 protected:
  /// A series of the test data in scratch/in, in the name of a patient whom no page may know.
  void put_series(const std::string& name) const {
    fs::create_directories(scratch_ / "in");
    for (const auto& entry : fs::directory_iterator(testdata("dicom/" + name))) {
      DcmFileFormat dicom;
      test::check(dicom.loadFile(entry.path().c_str()));
      DcmDataset& dataset = *dicom.getDataset();
      for (const DcmTagKey& tag :
           {DCM_PatientName, DCM_PatientID, DCM_PatientBirthDate, DCM_AccessionNumber, DCM_StudyID, DCM_StudyDate,
            DCM_StudyTime, DCM_StudyDescription, DCM_SeriesDescription, DCM_ProtocolName, DCM_InstitutionName,
            DCM_StationName, DCM_ReferringPhysicianName, DCM_OperatorsName, DCM_PatientComments}) {
        test::plant(dataset, tag);
      }
      test::put(dataset, DCM_StudyInstanceUID, std::string(test::kUidRoot) + "1");
      test::put(dataset, DCM_SeriesInstanceUID, std::string(test::kUidRoot) + "2." + std::to_string(name.size()));
      test::check(dicom.saveFile((scratch_ / "in" / (name + entry.path().filename().string())).c_str(),
                                 EXS_LittleEndianExplicit));
    }
  }

  void denoise_in(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"--sigma", "20"};
    words.insert(words.end(), more.begin(), more.end());
    const Outcome outcome = denoise(file("in"), file("out"), words);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  }

  Outcome report(const std::string& after, const std::vector<std::string>& more = {"--no-viewer"}) const {
    std::vector<std::string> words{"report", "scan", file("in"), after, file("page.html")};
    words.insert(words.end(), more.begin(), more.end());
    return voxprior_run(words);
  }

  std::string page(const std::string& name = "page.html") const { return test::bytes_of(scratch_ / name); }

  static void expect_no_patient(const std::string& html) {
    const std::string text = without_base64(html);
    for (const std::string trace : {"Plantagenet", "Rose", "PLANTED", test::kDate, test::kTime, test::kUidRoot})
      EXPECT_EQ(text.find(trace), std::string::npos) << trace;
  }

 private:
  /// Without pictures and volumes, in which a few letters turn up by chance.
  static std::string without_base64(const std::string& html) {
    constexpr std::size_t kLongestWord = 200;
    std::string text, word;
    const auto add_word = [&] {
      if (word.size() < kLongestWord) text += word;
      word.clear();
    };
    for (const char c : html) {
      if (std::isalnum(static_cast<unsigned char>(c)) || c == '+' || c == '/') {
        word += c;
        continue;
      }
      add_word();
      text += c;
    }
    add_word();
    return text;
  }
};

std::size_t count_of(const std::string& what, const std::string& text) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += what.size()) ++count;
  return count;
}

TEST_F(DicomReport, ShowsASeriesThatDenoiseWroteAndNothingOfThePatient) {
  put_series("mr_enhanced_crop");
  denoise_in({"--noise-map", file("map.nii.gz"), "--residual", file("residual.nii.gz")});
  const Outcome outcome =
      report(file("out/series-001"), {"--noise-map", file("map.nii.gz"), "--residual", file("residual.nii.gz")});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const std::string html = page();
  EXPECT_EQ(count_of("<img width=", html), 12);  // three planes of before, after, residual and noise map
  EXPECT_THAT(html, HasSubstr("<h1>series 5 (MR) \u2192 series 501 (MR)</h1>"));
  EXPECT_THAT(html, HasSubstr("Noise (sigma)</dt><dd>20<small>"));
  EXPECT_THAT(html, HasSubstr("<dt>Model</dt>"));
  EXPECT_THAT(html, Not(HasSubstr("names another input")));
  EXPECT_THAT(html, HasSubstr("&quot;series_uid&quot;: &quot;(left out)&quot;"));
  expect_no_patient(html);
  expect_no_patient(outcome.out + outcome.err);
}

TEST_F(DicomReport, TheFolderWithTheOneSeriesInItWillDoToo) {
  put_series("mr_enhanced_crop");
  denoise_in();
  ASSERT_EQ(report(file("out")).exit_code, 0);
  EXPECT_THAT(page(), HasSubstr("<dt>Model</dt>"));
}

TEST_F(DicomReport, TheRecordSaysWhichVolumeOfWhichSeriesItWas) {
  put_series("mr_enhanced_crop");
  put_series("mr_enhanced_4d_crop");
  denoise_in();
  ASSERT_EQ(report(file("out/series-002-volume-001")).exit_code, 0);
  EXPECT_THAT(page(), HasSubstr("<h1>series 801 (MR), volume 1 \u2192 "));
  EXPECT_THAT(page(), Not(HasSubstr("names another input")));

  const Outcome several = report(file("out"));
  expect_refused(several, 3, "report scan");
  EXPECT_THAT(several.err, HasSubstr("choose one with the folder of its own that denoise made"));
  expect_refused(report(file("out/series-002-volume-001"), {"--series", "5", "--overwrite"}), 3,
                 "report scan");  // another grid
  expect_refused(report(file("out/series-001"), {"--series", "7", "--overwrite"}), 3, "report scan");
}

TEST_F(DicomReport, SaysThatTheRecordIsOfAnotherSeriesOrThatThereIsNone) {
  put_series("mr_enhanced_crop");
  denoise_in();
  nlohmann::json record = json("out/series-001.voxprior.json");
  record["inputs"]["series"]["series_uid"] = "1.2.3";
  test::put_bytes(scratch_ / "out/series-001.voxprior.json", record.dump());
  ASSERT_EQ(report(file("out/series-001"), {"--series", "5", "--no-viewer"}).exit_code, 0);
  EXPECT_THAT(page(), HasSubstr("names another input than series 5 (MR): it is of another series"));
  fs::remove(scratch_ / "out/series-001.voxprior.json");
  ASSERT_EQ(report(file("out/series-001"), {"--overwrite", "--no-viewer"}).exit_code, 0);
  EXPECT_THAT(page(), HasSubstr("There is no series-001.voxprior.json beside the result"));
}

TEST_F(DicomReport, TiltedSlicesAreShownUprightAndThePageSaysSo) {
  put_series("ct_gantry_tilt_crop");
  const Outcome outcome = report(file("in"), {});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(page(), HasSubstr("tilted slices are shown as if they stood upright"));
  EXPECT_THAT(page(), HasSubstr("AFTER is BEFORE"));
  expect_no_patient(page());
}

TEST_F(DicomReport, SeriesIsForDicomAlone) {
  fs::copy(testdata("brain_t1_crop.nii.gz"), file("in.nii.gz"));
  const Outcome outcome = voxprior_run(
      {"report", "scan", file("in.nii.gz"), file("in.nii.gz"), file("page.html"), "--series", "5", "--no-viewer"});
  expect_refused(outcome, 2, "report scan");
}

TEST_F(DicomReport, ABatchOfDicomGetsAPageForEachVolumeAndNothingOfThePatient) {
  put_series("mr_enhanced_crop");
  put_series("mr_enhanced_4d_crop");
  ASSERT_EQ(voxprior_run(
                {"batch", file("in"), file("out"), "--model", VOXPRIOR_RANDOM_MODEL, "--threads", "1", "--sigma", "20"})
                .exit_code,
            0);
  const Outcome outcome = voxprior_run({"report", "batch", file("in"), file("out"), file("pages"), "--no-viewer"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("and 2 pages"));
  const std::string index = page("pages/index.html");
  EXPECT_EQ(count_of("<a href=\"00", index), 4);  // at the thumbnail and at the name
  std::size_t found = 0;
  for (const auto& entry : fs::directory_iterator(file("pages"))) {
    const std::string html = test::bytes_of(entry.path());
    expect_no_patient(html + entry.path().filename().string());
    if (html.find("<h1>series 801 (MR), volume 1 \u2192 ") == std::string::npos) continue;
    ++found;
    EXPECT_THAT(html, Not(HasSubstr("names another input")));
  }
  EXPECT_EQ(found, 1);
}

TEST_F(DicomReport, ASeriesThatIsGoneLeavesTheOthersOfABatchAlone) {
  put_series("mr_enhanced_crop");
  put_series("mr_enhanced_4d_crop");
  ASSERT_EQ(voxprior_run(
                {"batch", file("in"), file("out"), "--model", VOXPRIOR_RANDOM_MODEL, "--threads", "1", "--sigma", "20"})
                .exit_code,
            0);
  fs::remove(scratch_ / "in/mr_enhanced_crop1.dcm");
  const Outcome outcome = voxprior_run({"report", "batch", file("in"), file("out"), file("pages"), "--no-viewer"});
  EXPECT_EQ(outcome.exit_code, 8) << outcome.err;
  EXPECT_THAT(page("pages/index.html"), HasSubstr("the series that it was made of is not there any more"));
  EXPECT_THAT(outcome.out, HasSubstr("and 1 pages"));
  expect_no_patient(page("pages/index.html"));
}

}  // namespace
}  // namespace voxprior
