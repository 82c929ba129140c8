// recon superres and batch --task superres with DICOM, run as a user would.
#include <algorithm>

#include "io/dicom/find_series.h"
#include "io/dicom/read_volume.h"
#include "io/dicom/write/check_grid.h"
#include "tests/workflows/batch_fixture.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::expect_refused;
using test::Outcome;
using test::testdata;
using testing::HasSubstr;
using testing::Not;

const std::map<std::string, std::string> kFixedTime{{"SOURCE_DATE_EPOCH", "1700000000"}};

/// The chest CT has slices of 2.5 mm and pixels of 0.9; the slices of the Enhanced MR are 2 mm apart, as its pixels.
struct DicomSuperres : test::BatchTest {
  /// A copy of series of the test data, one folder each, in scratch/in.
  std::string input_of(const std::vector<std::string>& names) const {
    fs::create_directory(scratch_ / "in");
    for (const std::string& name : names) fs::copy(testdata("dicom/" + name), scratch_ / "in" / name);
    return file("in");
  }

  Outcome superres(const std::string& in, const std::string& out, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"recon", "superres", in, file(out), "--threads", "1", "--iterations", "3"};
    words.insert(words.end(), more.begin(), more.end());
    if (std::find(more.begin(), more.end(), "--progress") == more.end())
      words.insert(words.end(), {"--progress", "none"});
    return test::voxprior_run(words, kFixedTime);
  }

  /// The only series below a folder of the scratch folder.
  DicomSeries series_in(const std::string& folder) const {
    const std::vector<DicomSeries> found = find_dicom_series({scratch_ / folder});
    if (found.size() != 1) throw std::runtime_error("not one series in " + folder);
    return found.front();
  }
};

TEST_F(DicomSuperres, ThickSlicesBecomeASeriesOfThinOnesInTheirStudyAndOthersAreSkipped) {
  const std::string in =
      input_of({"ct_cmb_crc_crop", "ct_gantry_tilt_crop", "mr_enhanced_crop", "mr_enhanced_4d_crop"});
  const Outcome outcome = superres(in, "out");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("series 3 (CT): wrote "));
  EXPECT_THAT(outcome.out, HasSubstr("series 2 (CT): skipped: its slices are tilted"));
  EXPECT_THAT(outcome.out, HasSubstr("series 5 (MR): skipped: its slices are 2.00001 mm apart"));
  EXPECT_THAT(outcome.out, HasSubstr("series 801 (MR), volume 1: skipped: its slices are 4 mm apart"));

  const DicomSeries thick = find_dicom_series({in + "/ct_cmb_crc_crop"}).at(0), thin = series_in("out");
  EXPECT_EQ(thin.study_uid, thick.study_uid);
  EXPECT_EQ(thin.frame_of_reference_uid, thick.frame_of_reference_uid);
  EXPECT_EQ(thin.description, "lung thin slices - RESEARCH USE ONLY");
  const Geometry &a = thick.stacks[0].geometry, &b = thin.stacks[0].geometry;
  EXPECT_EQ(b.size, (std::array<std::int64_t, 3>{64, 48, 11}));
  EXPECT_NEAR(b.spacing_mm[2], a.spacing_mm[0], 1e-6);
  EXPECT_NEAR(b.origin_mm[2], a.origin_mm[2] + (3 * 2.5 - 10 * a.spacing_mm[0]) / 2, 1e-5);  // about the same centre
  for (const auto& entry : fs::directory_iterator(scratch_ / "out"))
    EXPECT_THAT(entry.path().filename().string(), testing::StartsWith("series-00"));
}

TEST_F(DicomSuperres, ASeriesHoldsWhatAVolumeFileOfTheSameRunHolds) {
  const std::string in = testdata("dicom/ct_cmb_crc_crop");
  ASSERT_EQ(superres(in, "out", {"--spacing", "1.25"}).exit_code, 0);
  ASSERT_EQ(superres(in, "thin.nii.gz", {"--spacing", "1.25"}).exit_code, 0);
  ASSERT_EQ(test::voxprior_run({"convert", file("out"), file("back.nii.gz")}).exit_code, 0);
  const Volume alone = read_volume(file("thin.nii.gz")), back = read_volume(file("back.nii.gz"));
  EXPECT_NO_THROW(check_same_grid("back", back.geometry, alone.geometry));
  for (std::size_t n = 0; n < back.voxels.size(); ++n) ASSERT_NEAR(back.voxels[n], alone.voxels[n], 0.5 + 1e-3) << n;
  EXPECT_EQ(json("thin.voxprior.json")["inputs"]["series"]["volume"], 0);
  EXPECT_EQ(json("out/series-001.voxprior.json")["outputs"]["series"]["files"], 8);
}

TEST_F(DicomSuperres, FramesOfAnEnhancedImageBecomeThinFramesOfAnother) {
  const Outcome outcome = superres(testdata("dicom/mr_enhanced_crop"), "out", {"--spacing", "1"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const DicomSeries thick = find_dicom_series({testdata("dicom/mr_enhanced_crop")}).at(0), thin = series_in("out");
  EXPECT_EQ(thin.stacks.at(0).geometry.size, (std::array<std::int64_t, 3>{48, 40, 12}));
  EXPECT_EQ(thin.sop_class_uid, thick.sop_class_uid);
  EXPECT_EQ(json("out/series-001.voxprior.json")["outputs"]["series"]["files"], 1);
}

TEST_F(DicomSuperres, ARunRepeatedGivesTheSameInstancesAndLeavesItsInputAlone) {
  const std::string in = input_of({"ct_cmb_crc_crop"});
  const auto before = results("in");
  ASSERT_EQ(superres(in, "one").exit_code, 0);
  ASSERT_EQ(superres(in, "two").exit_code, 0);
  auto one = results("one"), two = results("two");
  one.erase("series-001.voxprior.json");  // has the time it took
  two.erase("series-001.voxprior.json");
  EXPECT_EQ(one.size(), 11u);
  EXPECT_EQ(one, two);
  EXPECT_EQ(results("in"), before);
}

TEST_F(DicomSuperres, BatchWritesTheSameBytesAsOneByOneAndSkipsTheSame) {
  input_of({"ct_cmb_crc_crop", "mr_enhanced_crop"});
  const std::vector<std::string> batch_words{"batch",     file("in"),   file("out"), "--task", "superres",
                                             "--threads", "1",          "--mirrors", "1",      "--spacing",
                                             "1.6",       "--progress", "none"};
  const Outcome outcome = test::voxprior_run(batch_words, kFixedTime);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("series 5 (MR): skipped: its slices are 2.00001 mm apart"));
  EXPECT_THAT(outcome.out, HasSubstr(", slices of 1.6 mm out of 2.5 mm"));
  EXPECT_THAT(outcome.out, HasSubstr("1 made thin, 1 skipped\n"));
  const Outcome alone = test::voxprior_run(
      {"recon", "superres", file("in"), file("alone"), "--threads", "1", "--spacing", "1.6", "--progress", "none"},
      kFixedTime);
  ASSERT_EQ(alone.exit_code, 0) << alone.err;
  std::map<std::string, std::string> batched, one_by_one;  // hashes by the name of the file alone
  for (const auto& [name, hash] : results("out")) batched[fs::path(name).filename()] = hash;
  for (const auto& [name, hash] : results("alone")) one_by_one[fs::path(name).filename()] = hash;
  for (auto* found : {&batched, &one_by_one}) {
    for (auto entry = found->begin(); entry != found->end();)
      entry = fs::path(entry->first).extension() == ".json" ? found->erase(entry) : std::next(entry);
  }
  EXPECT_EQ(batched.size(), 6u);
  EXPECT_EQ(batched, one_by_one);

  EXPECT_THAT(test::voxprior_run(batch_words, kFixedTime).out, HasSubstr("0 made thin, 1 done before, 1 skipped\n"));
  for (const auto& [name, hash] : results("out"))
    EXPECT_THAT(name, testing::MatchesRegex("series-[0-9a-f]{12}(/[0-9]{4}\\.dcm|\\.voxprior\\.json)"));
}

TEST_F(DicomSuperres, BatchRefusesWhatWouldPutThinSlicesIntoFalsePlaces) {
  input_of({"ct_cmb_crc_crop"});
  for (const char* option : {"--allow-gaps", "--keep-private"}) {
    const Outcome outcome =
        test::voxprior_run({"batch", file("in"), file("out"), "--task", "superres", std::string(option)});
    expect_refused(outcome, 2, "batch");
    EXPECT_THAT(outcome.err, HasSubstr(std::string(option) + ": is for --task denoise"));
  }
  EXPECT_FALSE(fs::exists(scratch_ / "out"));
}

TEST_F(DicomSuperres, OneSeriesAndOneVolumeCanBeChosen) {
  const std::string in = input_of({"mr_enhanced_crop", "mr_enhanced_4d_crop"});
  const Outcome one = superres(in, "one", {"--spacing", "1", "--series", "5"});
  EXPECT_EQ(one.exit_code, 0) << one.err;
  EXPECT_THAT(one.out, Not(HasSubstr("801")));
  const Outcome other = superres(in, "other", {"--spacing", "2", "--series", "801", "--volume", "1"});
  EXPECT_EQ(other.exit_code, 0) << other.err;
  EXPECT_THAT(other.out, Not(HasSubstr("volume 0")));
  const Outcome unknown = superres(in, "none", {"--series", "77"});
  expect_refused(unknown, 3, "recon superres");
  EXPECT_FALSE(fs::exists(scratch_ / "none"));
}

TEST_F(DicomSuperres, AVolumeFileIsMadeOfOneSeriesThatHasThickSlices) {
  const std::string in = input_of({"ct_cmb_crc_crop", "mr_enhanced_crop"});
  const Outcome several = superres(in, "thin.nii.gz");
  expect_refused(several, 3, "recon superres");
  EXPECT_THAT(several.err, HasSubstr("choose one with --series"));
  const Outcome not_thick = superres(in, "thin.nii.gz", {"--series", "5"});
  expect_refused(not_thick, 3, "recon superres");
  EXPECT_THAT(not_thick.err, HasSubstr("series 5 (MR): its slices are 2.00001 mm apart"));
  const Outcome tilted = superres(testdata("dicom/ct_gantry_tilt_crop"), "thin.nii.gz");
  expect_refused(tilted, 3, "recon superres");
  EXPECT_THAT(tilted.err, HasSubstr("voxprior convert --resample"));
  EXPECT_FALSE(fs::exists(scratch_ / "thin.nii.gz"));
  EXPECT_EQ(superres(in, "thin.nii.gz", {"--series", "3"}).exit_code, 0);
  EXPECT_EQ(json("thin.voxprior.json")["inputs"]["series"]["path"], in);
}

TEST_F(DicomSuperres, AFolderWithNothingToMakeThinIsRefused) {
  const Outcome outcome = superres(testdata("dicom/ct_gantry_tilt_crop"), "out");
  expect_refused(outcome, 3, "recon superres");
  EXPECT_THAT(outcome.err, HasSubstr("nothing was made thin"));
  EXPECT_FALSE(fs::exists(scratch_ / "out"));
}

TEST_F(DicomSuperres, ASliceThatIsMissingIsNotBridged) {
  input_of({"ct_cmb_crc_crop"});
  const DicomSeries series = find_dicom_series({scratch_ / "in"}).at(0);
  fs::remove(series.stacks.at(0).frames.at(1).file);
  const Outcome outcome = superres(file("in"), "out");
  expect_refused(outcome, 3, "recon superres");
  EXPECT_THAT(outcome.out, HasSubstr("skipped: its slices are not equally spaced"));
  EXPECT_FALSE(fs::exists(scratch_ / "out"));
}

TEST_F(DicomSuperres, ItsOwnResultsAreNotMadeThinAgain) {
  ASSERT_EQ(superres(testdata("dicom/ct_cmb_crc_crop"), "out").exit_code, 0);
  const Outcome again = superres(file("out"), "again", {"--spacing", "0.25"});
  EXPECT_EQ(again.exit_code, 3);
  EXPECT_THAT(again.out, HasSubstr("skipped: was written by voxprior"));
  EXPECT_FALSE(fs::exists(scratch_ / "again"));
}

TEST_F(DicomSuperres, APriorOfTheOtherModalityIsSkippedUnlessForced) {
  const std::string in = testdata("dicom/ct_cmb_crc_crop");
  const Outcome outcome = superres(in, "out", {"--prior", VOXPRIOR_RANDOM_MODEL});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("model 'random' was trained on mr; choose one for CT with --prior"));
  EXPECT_EQ(superres(in, "out", {"--prior", VOXPRIOR_RANDOM_MODEL, "--force"}).exit_code, 0);
}

TEST_F(DicomSuperres, RefusesToReplaceResultsUnlessAskedToAndToWriteWhereItReads) {
  const std::string in = input_of({"ct_cmb_crc_crop"});
  ASSERT_EQ(superres(in, "out").exit_code, 0);
  expect_refused(superres(in, "out"), 5, "recon superres");
  EXPECT_EQ(superres(in, "out", {"--overwrite"}).exit_code, 0);
  expect_refused(superres(in, "in/out"), 5, "recon superres");
  expect_refused(superres(in, "in/thin.nii.gz"), 5, "recon superres");
  expect_refused(superres(in, "other", {"--preview", in + "/p.png"}), 5, "recon superres");
  EXPECT_EQ(results("in").size(), 4u);
  EXPECT_FALSE(fs::exists(scratch_ / "other"));
}

TEST_F(DicomSuperres, FilesBesidesAreOfOneVolume) {
  const std::string in = input_of({"ct_cmb_crc_crop", "mr_enhanced_crop"});
  const std::vector<std::string> extras{"--spacing", "1", "--preview", file("p.png"), "--log", file("l.jsonl")};
  const Outcome refused = superres(in, "out", extras);
  expect_refused(refused, 2, "recon superres");
  EXPECT_THAT(refused.err, HasSubstr("2 volumes would be made thin, but --log, --preview and --uncertainty"));
  std::vector<std::string> chosen = extras;
  chosen.insert(chosen.end(), {"--series", "3"});
  ASSERT_EQ(superres(in, "out", chosen).exit_code, 0);
  EXPECT_EQ(std::count_if(fs::directory_iterator(scratch_ / "out"), {}, [](const auto&) { return true; }), 2);
  EXPECT_TRUE(fs::exists(scratch_ / "p.png"));
  EXPECT_EQ(json("out/series-002.voxprior.json")["outputs"]["log"], file("l.jsonl"));
}

TEST_F(DicomSuperres, SamplesHaveTheirSpreadBesideTheSeriesAndTheirSeedInIt) {
  const Outcome outcome =
      superres(testdata("dicom/ct_cmb_crc_crop"), "out",
               {"--method", "diffpir", "--samples", "2", "--seed", "7", "--uncertainty", file("u.nii.gz")});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(read_volume(file("u.nii.gz")).geometry.size, series_in("out").stacks.at(0).geometry.size);
  EXPECT_THAT(test::bytes_of(scratch_ / "out" / "series-001" / "0001.dcm"),
              HasSubstr("method diffpir, samples 2, seed 7,"));
}

TEST_F(DicomSuperres, OptionsForDicomAreRefusedBesideAVolumeFile) {
  expect_refused(superres(testdata("brain_t1_crop.nii.gz"), "out.nii.gz", {"--series", "3"}), 2, "recon superres");
}

TEST_F(DicomSuperres, ADamagedFileIsToldAndTheOtherSeriesAreMade) {
  const std::string in = input_of({"ct_cmb_crc_crop", "mr_enhanced_crop"});
  fs::resize_file(scratch_ / "in" / "mr_enhanced_crop" / "1.dcm", 5000);
  const Outcome outcome = superres(in, "out");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("1.dcm"));
  EXPECT_EQ(series_in("out").stacks.at(0).frames.size(), 11u);
}

TEST_F(DicomSuperres, NoPatientDataIsSaidOrNamed) {
  const std::string in = input_of({"ct_cmb_crc_crop"});
  const Outcome outcome = superres(in, "out", {"--progress", "plain"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  std::string said = outcome.out + outcome.err + test::bytes_of(scratch_ / "out" / "series-001.voxprior.json");
  for (const auto& entry : fs::recursive_directory_iterator(scratch_ / "out")) said += entry.path().string() + "\n";
  for (const char* of_tags : {"CMB-CRC-MSB", "CT CAP", "Chest/ Abd"}) EXPECT_THAT(said, Not(HasSubstr(of_tags)));
}

}  // namespace
}  // namespace voxprior
