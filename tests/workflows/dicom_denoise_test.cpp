// denoise and convert with DICOM folders as results, run as a user would.
#include "base/sha256.h"
#include "io/dicom/find_series.h"
#include "io/dicom/read_volume.h"
#include "io/volume_file.h"
#include "tests/support/awkward_volume.h"
#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::testdata;
using testing::EndsWith;
using testing::HasSubstr;

const std::map<std::string, std::string> kFixedTime{{"SOURCE_DATE_EPOCH", "1700000000"}};

struct DicomFolders : test::WorkflowTest {
  /// A copy of series of the test data, one folder each, in scratch/in.
  std::string input_of(const std::vector<std::string>& names) const {
    fs::create_directory(scratch_ / "in");
    for (const std::string& name : names) fs::copy(testdata("dicom/" + name), scratch_ / "in" / name);
    return file("in");
  }

  std::vector<std::string> words(const std::string& in, const std::string& out) const {
    return {"denoise", in, out, "--model", VOXPRIOR_RANDOM_MODEL, "--threads", "1", "--sigma", "20"};
  }

  static std::map<std::string, std::string> contents(const fs::path& folder) {
    std::map<std::string, std::string> found;
    for (const auto& entry : fs::directory_iterator(folder)) {
      found[entry.path().filename().string()] = sha256_of_file(entry.path());
    }
    return found;
  }
};

using DenoiseDicomFolder = DicomFolders;
using ConvertToDicom = DicomFolders;

TEST_F(DenoiseDicomFolder, WritesEachMrVolumeAndSaysWhatItSkippedAndWhy) {
  const std::string in = input_of({"mr_enhanced_crop", "mr_enhanced_4d_crop", "ct_cmb_crc_crop"});
  const test::Outcome outcome = test::voxprior_run(words(in, file("out")));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("series 5 (MR): wrote "));
  EXPECT_THAT(outcome.out, HasSubstr("series 801 (MR), volume 1: wrote "));
  EXPECT_THAT(outcome.out, HasSubstr("series 801 (MR), volume 0: skipped: is of type FIELD_MAP"));
  EXPECT_THAT(outcome.out, HasSubstr("series 3 (CT): skipped: model 'random' was trained on mr"));

  const std::vector<DicomSeries> written = find_dicom_series({scratch_ / "out"});
  EXPECT_EQ(written.size(), 2u);
  for (const DicomSeries& series : written) {
    EXPECT_EQ(series.number % 100, series.number == 501 ? 1 : 2);
    EXPECT_THAT(series.description, EndsWith("RESEARCH USE ONLY"));
  }
  for (const auto& entry : fs::directory_iterator(scratch_ / "out")) {
    EXPECT_THAT(entry.path().filename().string(), testing::StartsWith("series-00"));
  }
}

TEST_F(DenoiseDicomFolder, WithoutAModelEachVolumeGetsTheShippedOneOfItsModality) {
  const std::string in = input_of({"mr_enhanced_crop", "ct_cmb_crc_crop"});
  const test::Outcome outcome = test::voxprior_run({"denoise", in, file("out"), "--threads", "1", "--sigma", "20"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  std::map<std::string, std::string> models;  // by modality
  for (const auto& entry : fs::directory_iterator(scratch_ / "out")) {
    if (entry.path().extension() != ".json") continue;
    const auto uid = json("out/" + entry.path().filename().string())["inputs"]["series"]["series_uid"];
    for (const DicomSeries& series : find_dicom_series({in}))
      if (series.series_uid == uid)
        models[series.modality] = json("out/" + entry.path().filename().string())["model"]["name"];
  }
  EXPECT_EQ(models, (std::map<std::string, std::string>{{"CT", "ct"}, {"MR", "mri-t1"}}));
}

TEST_F(DenoiseDicomFolder, ChangesVoxelsAndRecordsHow) {
  const std::string in = input_of({"mr_enhanced_crop"});
  ASSERT_EQ(test::voxprior_run(words(in, file("out"))).exit_code, 0);
  const Volume before = read_dicom_volume(find_dicom_series({in}).at(0), 0);
  const Volume after = read_dicom_volume(find_dicom_series({file("out")}).at(0), 0);
  EXPECT_NE(after.voxels, before.voxels);
  EXPECT_EQ(after.geometry.origin_mm, before.geometry.origin_mm);
  const nlohmann::json sidecar = json("out/series-001.voxprior.json");
  EXPECT_EQ(sidecar["model"]["name"], "random");
  EXPECT_EQ(sidecar["noise"]["sigma"], 20);
  EXPECT_EQ(sidecar["outputs"]["series"]["files"], 1);
  EXPECT_EQ(sidecar["inputs"]["series"]["series_uid"], find_dicom_series({in}).at(0).series_uid);
}

TEST_F(DenoiseDicomFolder, ARunRepeatedGivesTheSameInstancesAndLeavesItsInputAlone) {
  const std::string in = input_of({"mr_enhanced_crop"});
  const auto before = contents(scratch_ / "in" / "mr_enhanced_crop");
  ASSERT_EQ(test::voxprior_run(words(in, file("one")), kFixedTime).exit_code, 0);
  ASSERT_EQ(test::voxprior_run(words(in, file("two")), kFixedTime).exit_code, 0);
  EXPECT_EQ(contents(scratch_ / "one" / "series-001"), contents(scratch_ / "two" / "series-001"));
  EXPECT_EQ(contents(scratch_ / "in" / "mr_enhanced_crop"), before);
}

TEST_F(DenoiseDicomFolder, ItsOwnResultsAreNotDenoisedAgain) {
  const std::string in = input_of({"mr_enhanced_crop"});
  ASSERT_EQ(test::voxprior_run(words(in, file("out"))).exit_code, 0);
  const test::Outcome again = test::voxprior_run(words(file("out"), file("again")));
  EXPECT_EQ(again.exit_code, 3);
  EXPECT_THAT(again.out, HasSubstr("skipped: was written by voxprior"));
  EXPECT_FALSE(fs::exists(scratch_ / "again"));
}

TEST_F(DenoiseDicomFolder, OneSeriesCanBeChosen) {
  const std::string in = input_of({"mr_enhanced_crop", "mr_enhanced_4d_crop"});
  std::vector<std::string> arguments = words(in, file("out"));
  arguments.insert(arguments.end(), {"--series", "5"});
  const test::Outcome outcome = test::voxprior_run(arguments);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, testing::Not(HasSubstr("801")));
}

TEST_F(DenoiseDicomFolder, RefusesToReplaceResultsUnlessAskedTo) {
  const std::string in = input_of({"mr_enhanced_crop"});
  ASSERT_EQ(test::voxprior_run(words(in, file("out"))).exit_code, 0);
  test::expect_refused(test::voxprior_run(words(in, file("out"))), 5, "denoise");
  std::vector<std::string> arguments = words(in, file("out"));
  arguments.push_back("--overwrite");
  EXPECT_EQ(test::voxprior_run(arguments).exit_code, 0);
}

TEST_F(DenoiseDicomFolder, RefusesToWriteIntoTheFolderItReads) {
  const std::string in = input_of({"mr_enhanced_crop"});
  test::expect_refused(test::voxprior_run(words(in, in + "/out")), 5, "denoise");
  EXPECT_FALSE(fs::exists(scratch_ / "in" / "out"));
}

TEST_F(DenoiseDicomFolder, AFolderWithNothingToDenoiseIsRefused) {
  const std::string in = input_of({"ct_cmb_crc_crop"});
  const test::Outcome outcome = test::voxprior_run(words(in, file("out")));
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_FALSE(fs::exists(scratch_ / "out"));
}

TEST_F(DenoiseDicomFolder, OneVolumeMayHaveItsResidualNoiseMapAndPreview) {
  const std::string in = input_of({"mr_enhanced_crop", "ct_cmb_crc_crop"});
  std::vector<std::string> arguments = words(in, file("out"));
  arguments.insert(arguments.end(),
                   {"--residual", file("r.nii.gz"), "--noise-map", file("n.nrrd"), "--preview", file("p.png")});
  const test::Outcome outcome = test::voxprior_run(arguments);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const Volume residual = read_volume(scratch_ / "r.nii.gz");
  const std::vector<DicomSeries> in_series = find_dicom_series({in + "/mr_enhanced_crop"});
  const Volume before = read_dicom_volume(in_series.at(0), 0);
  const Volume after = read_dicom_volume(find_dicom_series({file("out")}).at(0), 0);
  ASSERT_EQ(residual.voxels.size(), before.voxels.size());
  const double half_step = before.stored.slope / 2 + 1e-3;  // the series is written in whole steps of its rescale
  for (std::size_t n = 0; n < before.voxels.size(); ++n) {
    const double clean = std::max(0., static_cast<double>(before.voxels[n]) - residual.voxels[n]);  // clipped at 0
    ASSERT_NEAR(clean, after.voxels[n], half_step) << n;
  }
  EXPECT_EQ(residual.geometry.size, before.geometry.size);
  EXPECT_EQ(read_volume(scratch_ / "n.nrrd").voxels.at(0), 20);
  EXPECT_TRUE(fs::exists(scratch_ / "p.png"));
  const nlohmann::json outputs = json("out/series-001.voxprior.json")["outputs"];
  EXPECT_EQ(outputs["residual"], file("r.nii.gz"));
}

TEST_F(DenoiseDicomFolder, OneVolumeMayHaveItsUncertaintyAndDataShare) {
  const std::string in = input_of({"mr_enhanced_crop"});
  std::vector<std::string> arguments = words(in, file("out"));
  arguments.insert(arguments.end(),
                   {"--uncertainty", file("u.nii.gz"), "--samples", "2", "--data-share", file("s.nii.gz")});
  const test::Outcome outcome = test::voxprior_run(arguments);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, testing::HasSubstr("): uncertainty: "));
  EXPECT_THAT(outcome.out, testing::HasSubstr("): data share: "));
  const Volume after = read_dicom_volume(find_dicom_series({file("out")}).at(0), 0);
  EXPECT_EQ(read_volume(file("u.nii.gz")).geometry.size, after.geometry.size);
  EXPECT_EQ(read_volume(file("s.nii.gz")).geometry.size, after.geometry.size);
  const nlohmann::json sidecar = json("out/series-001.voxprior.json");
  EXPECT_EQ(sidecar["outputs"]["uncertainty"], file("u.nii.gz"));
  EXPECT_EQ(sidecar["uncertainty"]["samples"], 2);
}

TEST_F(DenoiseDicomFolder, ExtraFilesOfSeveralVolumesNeedAChoice) {
  const std::string in = input_of({"mr_enhanced_crop", "mr_enhanced_4d_crop"});
  std::vector<std::string> arguments = words(in, file("out"));
  arguments.insert(arguments.end(), {"--residual", file("r.nii.gz")});
  const test::Outcome refused = test::voxprior_run(arguments);
  test::expect_refused(refused, 2, "denoise");
  EXPECT_THAT(refused.err, HasSubstr("2 volumes would be denoised"));
  EXPECT_FALSE(fs::exists(scratch_ / "out"));
  arguments.insert(arguments.end(), {"--series", "5"});
  EXPECT_EQ(test::voxprior_run(arguments).exit_code, 0);
  EXPECT_TRUE(fs::exists(scratch_ / "r.nii.gz"));
}

TEST_F(DenoiseDicomFolder, ExtraFilesAreNotPutIntoTheFolderThatIsReadNorOverOthers) {
  const std::string in = input_of({"mr_enhanced_crop"});
  std::vector<std::string> arguments = words(in, file("out"));
  arguments.insert(arguments.end(), {"--residual", in + "/r.nii.gz"});
  test::expect_refused(test::voxprior_run(arguments), 5, "denoise");
  test::put_bytes(scratch_ / "r.nii.gz", "mine");
  arguments.back() = file("r.nii.gz");
  test::expect_refused(test::voxprior_run(arguments), 5, "denoise");
  EXPECT_EQ(test::bytes_of(scratch_ / "r.nii.gz"), "mine");
}

// A model that cannot be loaded is not missed when nothing is left for it to do.
TEST_F(DenoiseDicomFolder, TheModelIsNotLoadedWhenEveryVolumeIsSkipped) {
  const std::string in = input_of({"mr_enhanced_4d_crop"});
  test::put_bytes(scratch_ / "broken.safetensors", "no model");
  const test::Outcome outcome =
      test::voxprior_run({"denoise", in, file("out"), "--volume", "0", "--model", file("broken.safetensors")});
  EXPECT_EQ(outcome.exit_code, 3) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("skipped: is of type FIELD_MAP"));
}

TEST_F(DenoiseDicomFolder, TheModelIsLoadedOnceForAllVolumes) {
  const std::string in = input_of({"mr_enhanced_crop", "mr_enhanced_4d_crop"});
  std::vector<std::string> arguments = words(in, file("out"));
  arguments.insert(arguments.end(), {"--progress", "slicer"});
  const test::Outcome outcome = test::voxprior_run(arguments);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const std::size_t first = outcome.out.find("loading the model");
  ASSERT_NE(first, std::string::npos) << outcome.out;
  EXPECT_EQ(outcome.out.find("loading the model", first + 1), std::string::npos) << outcome.out;
}

TEST_F(DenoiseDicomFolder, NoPatientDataIsSaidOrNamed) {
  const std::string in = input_of({"mr_enhanced_crop"});
  const test::Outcome outcome = test::voxprior_run(words(in, file("out")));
  const std::string sidecar = test::bytes_of(scratch_ / "out" / "series-001.voxprior.json");
  for (const std::string& text : {outcome.out, outcome.err, sidecar}) {
    EXPECT_THAT(text, testing::Not(HasSubstr("TEST^ENHANCED")));
    EXPECT_THAT(text, testing::Not(HasSubstr("anat-T1w_acq-tfl")));
  }
}

TEST_F(ConvertToDicom, VolumesThatCameFromASeriesGoBackAsADerivedOne) {
  const std::string like = testdata("dicom/ct_cmb_crc_crop");
  ASSERT_EQ(test::voxprior_run({"convert", like, file("ct.nii.gz")}).exit_code, 0);
  const test::Outcome outcome = test::voxprior_run({"convert", file("ct.nii.gz"), file("out/"), "--like", like});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const DicomSeries source = find_dicom_series({like}).at(0), derived = find_dicom_series({file("out")}).at(0);
  EXPECT_EQ(read_dicom_volume(derived, 0).voxels, read_dicom_volume(source, 0).voxels);
  EXPECT_EQ(derived.study_uid, source.study_uid);
  EXPECT_NE(derived.series_uid, source.series_uid);
  EXPECT_EQ(json("out.voxprior.json")["inputs"]["like"]["series_uid"], source.series_uid);
}

TEST_F(ConvertToDicom, AVolumeElsewhereIsRefused) {
  write_volume(scratch_ / "a.nii", test::awkward_volume());
  const test::Outcome outcome =
      test::voxprior_run({"convert", file("a.nii"), file("out/"), "--like", testdata("dicom/ct_cmb_crc_crop")});
  test::expect_refused(outcome, 3, "convert");
  EXPECT_FALSE(fs::exists(scratch_ / "out"));
}

TEST_F(ConvertToDicom, WithoutASourceANewStudyIsMadeOnceTheModalityIsKnown) {
  Volume volume = test::awkward_volume();
  volume.stored.type = VoxelType::int16;
  write_volume(scratch_ / "a.nii", volume);
  test::expect_refused(test::voxprior_run({"convert", file("a.nii"), file("out/")}), 2, "convert");
  const test::Outcome outcome = test::voxprior_run({"convert", file("a.nii"), file("out/"), "--modality", "mr"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(find_dicom_series({file("out")}).at(0).modality, "MR");

  ASSERT_EQ(test::voxprior_run({"convert", file("out"), file("b.nii")}).exit_code, 0);
  EXPECT_EQ(read_volume(scratch_ / "b.nii").voxels, read_volume(scratch_ / "a.nii").voxels);
}

TEST_F(ConvertToDicom, AFolderWithOtherFilesIsNeverTouched) {
  write_volume(scratch_ / "a.nii", test::awkward_volume());
  fs::create_directory(scratch_ / "out");
  test::put_bytes(scratch_ / "out" / "notes.txt", "mine");
  test::expect_refused(test::voxprior_run({"convert", file("a.nii"), file("out"), "--modality", "mr", "--overwrite"}),
                       5, "convert");
  EXPECT_EQ(test::bytes_of(scratch_ / "out" / "notes.txt"), "mine");
}

}  // namespace
}  // namespace voxprior
