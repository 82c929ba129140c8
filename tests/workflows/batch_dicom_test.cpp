// voxprior batch on a folder of DICOM files.
#include <random>

#include "io/dicom/find_series.h"
#include "io/dicom/read_volume.h"
#include "tests/workflows/batch_fixture.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::Outcome;
using testing::HasSubstr;

const std::map<std::string, std::string> kFixedTime{{"SOURCE_DATE_EPOCH", "1700000000"}};

class BatchDicom : public test::BatchTest {
 protected:
  void input_of(const std::vector<std::string>& names) const {
    fs::create_directory(scratch_ / "in");
    for (const std::string& name : names) fs::copy(test::testdata("dicom/" + name), scratch_ / "in" / name);
  }
};

TEST_F(BatchDicom, EachMrVolumeBecomesASeriesNamedByAHashAndIsNotMadeTwice) {
  input_of({"mr_enhanced_crop", "mr_enhanced_4d_crop", "ct_cmb_crc_crop"});
  const Outcome outcome = batch("out", {"--sigma", "20"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("series 3 (CT): skipped: model 'random' was trained on mr"));
  EXPECT_THAT(outcome.out, HasSubstr("2 denoised, "));
  const std::vector<DicomSeries> written = find_dicom_series({scratch_ / "out"});
  ASSERT_EQ(written.size(), 2u);
  for (const DicomSeries& series : written) EXPECT_THAT(series.description, testing::EndsWith("RESEARCH USE ONLY"));
  for (const auto& [name, hash] : results("out")) {
    EXPECT_THAT(name,
                testing::MatchesRegex("series-[0-9a-f]{12}(-volume-[0-9]+)?(/[0-9]{4}\\.dcm|\\.voxprior\\.json)"));
  }
  const auto before = results("out");
  const Outcome again = batch("out", {"--sigma", "20"});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.out, HasSubstr("0 denoised, 2 done before, "));
  EXPECT_EQ(results("out"), before);
}

TEST_F(BatchDicom, AtAFixedTimeARunRepeatedGivesTheSameBytes) {
  input_of({"mr_enhanced_crop"});
  ASSERT_EQ(batch("one", {"--sigma", "20"}, kFixedTime).exit_code, 0);
  ASSERT_EQ(batch("two", {"--sigma", "20"}, kFixedTime).exit_code, 0);
  EXPECT_EQ(results("one"), results("two"));
}

TEST_F(BatchDicom, OtherSeriesThatComeLaterChangeNoName) {
  input_of({"mr_enhanced_crop"});
  ASSERT_EQ(batch("out", {"--sigma", "20"}).exit_code, 0);
  const auto before = results("out");
  fs::copy(test::testdata("dicom/mr_enhanced_4d_crop"), scratch_ / "in" / "a");
  EXPECT_THAT(batch("out", {"--sigma", "20"}).out, HasSubstr("1 denoised, 1 done before, "));
  for (const auto& [name, hash] : before) EXPECT_EQ(results("out").at(name), hash) << name;
}

TEST_F(BatchDicom, ADamagedFileIsAFailureBesideSeriesThatAreWhole) {
  input_of({"mr_enhanced_crop", "ct_cmb_crc_crop"});
  const fs::path slice = *fs::directory_iterator(scratch_ / "in" / "ct_cmb_crc_crop");
  fs::resize_file(slice, fs::file_size(slice) / 2);
  const Outcome outcome = batch("out", {"--sigma", "20"});
  EXPECT_EQ(outcome.exit_code, 8);
  EXPECT_EQ(table("out/failures.tsv").at(0).at("scan"), "ct_cmb_crc_crop/" + slice.filename().string());
  EXPECT_EQ(find_dicom_series({scratch_ / "out"}).size(), 1u);
}

TEST_F(BatchDicom, ASeriesWithASliceMissingFailsUnlessGapsAreAllowed) {
  input_of({"ct_cmb_crc_crop"});
  const DicomSeries series = find_dicom_series({scratch_ / "in"}).at(0);
  fs::remove(series.stacks.at(0).frames.at(series.stacks.at(0).frames.size() / 2).file);
  std::vector<std::string> arguments{"batch", file("in"), file("out"), "--threads", "1", "--mirrors",
                                     "1",     "--sigma",  "20",        "--model",   "ct"};
  const Outcome refused = test::voxprior_run(arguments);
  EXPECT_EQ(refused.exit_code, 8) << refused.out << refused.err;
  EXPECT_THAT(refused.out, HasSubstr("mm"));
  arguments.push_back("--allow-gaps");
  EXPECT_EQ(test::voxprior_run(arguments).exit_code, 0);
}

TEST_F(BatchDicom, NoPatientDataIsSaidWrittenOutsideTheSeriesOrNamed) {
  input_of({"mr_enhanced_crop", "mr_enhanced_4d_crop"});
  const Outcome outcome = batch("out", {"--sigma", "20", "--progress", "plain"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  std::string said = outcome.out + outcome.err;
  for (const auto& entry : fs::recursive_directory_iterator(scratch_ / "out")) {
    said += entry.path().string() + "\n";
    if (entry.is_regular_file() && entry.path().extension() != ".dcm") said += test::bytes_of(entry.path());
  }
  for (const char* of_tags : {"TEST^ENHANCED", "TEST", "ROGERS", "anat-T1w_acq-tfl", "B0 NS"}) {
    EXPECT_THAT(said, testing::Not(HasSubstr(of_tags)));
  }
}

}  // namespace
}  // namespace voxprior
