// convert from DICOM folders: real files, cropped, in testdata/dicom; dcm2niix as an independent reader of them.
#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "io/volume_file.h"
#include "tests/support/world_comparison.h"
#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::expect_refused;
using test::Outcome;
using test::Process;
using test::testdata;
using test::voxprior_run;
using testing::HasSubstr;

class DicomConvert : public test::WorkflowTest {
 protected:
  Volume converted(const std::string& folder, const std::vector<std::string>& options = {}) {
    std::vector<std::string> words{"convert", folder, file("ours.nii"), "--overwrite"};
    words.insert(words.end(), options.begin(), options.end());
    const Outcome outcome = voxprior_run(words);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return read_volume(file("ours.nii"));
  }
};

TEST_F(DicomConvert, EveryFormatHoldsTheSameVolume) {
  const std::string folder = testdata("dicom/ct_cmb_crc_crop");
  const Volume expected = converted(folder);
  EXPECT_EQ(expected.stored.type, VoxelType::int16);
  for (const char* name : {"a.nii.gz", "a.nrrd", "a.mha"}) {
    EXPECT_EQ(voxprior_run({"convert", folder, file(name)}).exit_code, 0);
    const Volume found = read_volume(file(name));
    EXPECT_EQ(found.voxels, expected.voxels);
    EXPECT_LT(test::compare_in_world(found, expected).place_mm, 1e-4);
    fs::remove(file("a.voxprior.json"));
  }
}

TEST_F(DicomConvert, ShuffledAndRenamedFilesGiveTheSameBytes) {
  const std::string folder = testdata("dicom/ct_cmb_crc_crop");
  fs::create_directories(scratch_ / "other" / "deep");
  fs::copy(folder + "/1.dcm", scratch_ / "other" / "z");
  fs::copy(folder + "/2.dcm", scratch_ / "other" / "deep" / "0001.IMA");
  fs::copy(folder + "/3.dcm", scratch_ / "other" / "b.dcm");
  fs::copy(folder + "/4.dcm", scratch_ / "other" / "deep" / "a");
  converted(folder);
  const std::string expected = test::bytes_of(file("ours.nii"));
  converted(file("other"));
  EXPECT_EQ(test::bytes_of(file("ours.nii")), expected);
}

TEST_F(DicomConvert, SeveralVolumesNeedAChoice) {
  const std::string folder = testdata("dicom/mr_enhanced_4d_crop");
  const Outcome refused = voxprior_run({"convert", folder, file("a.nii")});
  expect_refused(refused, 3, "convert");
  EXPECT_THAT(refused.err, HasSubstr("choose one with --volume (0: type T1/FIELD_MAP; 1: type T1/M)"));
  EXPECT_NE(converted(folder, {"--volume", "0"}).voxels, converted(folder, {"--volume", "1"}).voxels);
  expect_refused(voxprior_run({"convert", folder, file("a.nii"), "--volume", "2"}), 3, "convert");
}

TEST_F(DicomConvert, SeveralSeriesNeedAChoice) {
  const Outcome refused = voxprior_run({"convert", testdata("dicom"), file("a.nii"), "--series", "99"});
  expect_refused(refused, 3, "convert");
  fs::create_directories(scratch_ / "in");
  fs::copy(testdata("dicom/ct_cmb_crc_crop"), scratch_ / "in" / "ct", fs::copy_options::recursive);
  fs::copy(testdata("dicom/mr_enhanced_crop"), scratch_ / "in" / "mr", fs::copy_options::recursive);
  const Outcome several = voxprior_run({"convert", file("in"), file("a.nii")});
  expect_refused(several, 3, "convert");
  EXPECT_THAT(several.err, HasSubstr("holds 2 series that can be read; choose one with --series"));
  EXPECT_EQ(converted(file("in"), {"--series", "5"}).voxels, converted(file("in") + "/mr").voxels);
}

TEST_F(DicomConvert, OptionsThatWouldDoNothingAreRefused) {
  ASSERT_EQ(voxprior_run({"convert", testdata("dicom/ct_cmb_crc_crop"), file("a.nii")}).exit_code, 0);
  using Words = std::vector<std::string>;
  for (const Words& words : {Words{"--series", "3"}, Words{"--allow-gaps"}, Words{"--resample"}}) {
    for (const Words& out : {Words{file("b.nii")}, Words{file("b/"), "--modality", "ct"}}) {
      Words arguments{"convert", file("a.nii")};
      arguments.insert(arguments.end(), out.begin(), out.end());
      arguments.insert(arguments.end(), words.begin(), words.end());
      const Outcome refused = voxprior_run(arguments);
      expect_refused(refused, 2, "convert");
      EXPECT_THAT(refused.err, HasSubstr(words.front() + " is for DICOM"));
    }
  }
  expect_refused(voxprior_run({"info", file("a.nii"), "--series", "3"}), 2, "info");
  expect_refused(voxprior_run({"denoise", file("a.nii"), file("b.nii"), "--allow-gaps"}), 2, "denoise");
  for (const Words& words : {Words{"--like-series", "3"}, Words{"--like-volume", "0"}, Words{"--keep-private"}}) {
    Words arguments{"convert", file("a.nii"), file("b/")};
    arguments.insert(arguments.end(), words.begin(), words.end());
    const Outcome refused = voxprior_run(arguments);
    expect_refused(refused, 2, "convert");
    EXPECT_THAT(refused.err, HasSubstr("need --like"));
  }
}

TEST_F(DicomConvert, WhereLikeIsNotEnoughItsOwnOptionsAreNamed) {
  fs::create_directories(scratch_ / "in");
  fs::copy(testdata("dicom/ct_cmb_crc_crop"), scratch_ / "in" / "ct", fs::copy_options::recursive);
  fs::copy(testdata("dicom/mr_enhanced_4d_crop"), scratch_ / "in" / "mr", fs::copy_options::recursive);
  ASSERT_EQ(voxprior_run({"convert", file("in/ct"), file("a.nii")}).exit_code, 0);
  const Outcome series = voxprior_run({"convert", file("a.nii"), file("b/"), "--like", file("in")});
  expect_refused(series, 3, "convert");
  EXPECT_THAT(series.err, HasSubstr("choose one with --like-series: "));
  const Outcome volume = voxprior_run({"convert", file("a.nii"), file("b/"), "--like", file("in/mr")});
  expect_refused(volume, 3, "convert");
  EXPECT_THAT(volume.err, HasSubstr("choose one with --like-volume (0: "));
}

TEST_F(DicomConvert, TiltedSlicesAreRefusedUnlessResampled) {
  const std::string folder = testdata("dicom/ct_gantry_tilt_crop");
  const Outcome refused = voxprior_run({"convert", folder, file("a.nii")});
  expect_refused(refused, 3, "convert");
  EXPECT_THAT(refused.err, HasSubstr("add --resample"));
  const Volume upright = converted(folder, {"--resample"});
  EXPECT_EQ(upright.geometry.size[0], 64);
  EXPECT_GT(upright.geometry.size[1], 48);
  EXPECT_NEAR(upright.geometry.spacing_mm[2], 4.22 * 0.9483237, 1e-4);  // planes apart by the cosine of the tilt
  EXPECT_EQ(converted(folder, {"--resample", "--interpolation", "bspline"}).geometry.size, upright.geometry.size);
}

TEST_F(DicomConvert, ASpacingThatIsAskedForIsExactAndKeepsTheCentre) {
  const std::string folder = testdata("dicom/ct_cmb_crc_crop");
  const Geometry before = converted(folder).geometry;
  for (const char* how : {"linear", "bspline"}) {
    const Volume after = converted(folder, {"--spacing", "0.75,1.5,2", "--interpolation", how});
    const Geometry& grid = after.geometry;
    EXPECT_EQ(grid.spacing_mm, (std::array<double, 3>{0.75, 1.5, 2}));
    EXPECT_EQ(grid.size, (std::array<std::int64_t, 3>{77, 29, 5}));  // 57.5, 43.1 and 10 mm: 76.7, 28.8, 5
    for (int row = 0; row < 3; ++row) {
      double apart_mm = grid.origin_mm[row] - before.origin_mm[row];
      for (int axis = 0; axis < 3; ++axis) {
        apart_mm += grid.lps_from_index[3 * row + axis] * grid.spacing_mm[axis] * 0.5 * double(grid.size[axis] - 1);
        apart_mm -=
            before.lps_from_index[3 * row + axis] * before.spacing_mm[axis] * 0.5 * double(before.size[axis] - 1);
      }
      EXPECT_NEAR(apart_mm, 0, 1e-4);  // NIfTI's affine is float32
    }
    EXPECT_THAT(json("ours.voxprior.json")["notices"].dump(), HasSubstr(std::string("interpolation ") + how));
  }
}

TEST_F(DicomConvert, ASpacingThatMakesNoVolumeIsRefused) {
  const std::string folder = testdata("dicom/ct_cmb_crc_crop");
  for (const char* spacing : {"0", "-1", "x", "1,2", "1,2,", "1,2,3,4", "100", "0.0001"})
    expect_refused(voxprior_run({"convert", folder, file("a.nii"), "--spacing", spacing}), 2, "convert");
  expect_refused(voxprior_run({"convert", folder, file("a/"), "--spacing", "1"}), 2, "convert");
  EXPECT_TRUE(fs::is_empty(scratch_.path()));
}

TEST_F(DicomConvert, AMissingSliceIsRefusedUnlessAllowed) {
  fs::create_directories(scratch_ / "in");
  for (const char* name : {"1.dcm", "2.dcm", "4.dcm"})
    fs::copy(testdata("dicom/ct_cmb_crc_crop/") + name, scratch_ / "in" / name);
  const Outcome refused = voxprior_run({"convert", file("in"), file("a.nii")});
  expect_refused(refused, 3, "convert");
  EXPECT_THAT(refused.err, HasSubstr("--allow-gaps"));
  const Outcome allowed = voxprior_run({"convert", file("in"), file("a.nii"), "--allow-gaps"});
  EXPECT_EQ(allowed.exit_code, 0) << allowed.err;
  EXPECT_THAT(allowed.err, testing::StartsWith("notice: planes are not equally spaced"));
  EXPECT_EQ(std::count(allowed.err.begin(), allowed.err.end(), '\n'), 1) << "said once: " << allowed.err;
  EXPECT_THAT(json("a.voxprior.json")["notices"].dump(), HasSubstr("planes are not equally spaced"));
}

TEST_F(DicomConvert, ADamagedSliceIsNamed) {
  fs::copy(testdata("dicom/ct_cmb_crc_crop"), scratch_ / "in", fs::copy_options::recursive);
  fs::permissions(scratch_ / "in" / "4.dcm", fs::perms::owner_write, fs::perm_options::add);
  const std::string bytes = test::bytes_of(scratch_ / "in" / "4.dcm");
  test::put_bytes(scratch_ / "in" / "4.dcm", bytes.substr(0, bytes.size() - 100));
  const Outcome refused = voxprior_run({"convert", file("in"), file("a.nii")});
  expect_refused(refused, 3, "convert");
  EXPECT_THAT(refused.err, HasSubstr("4.dcm"));
}

// dcm2niix (Debian package): the series in testdata that it converts. It puts the two volumes of mr_enhanced_4d_crop,
// which has lost Philips' private attributes, into one of 12 planes; docs/dicom.md has the comparison on the whole
// file.
class AgainstDcm2niix : public DicomConvert {
 protected:
  void SetUp() override {
    if (std::system("command -v dcm2niix > /dev/null 2>&1") != 0)
      GTEST_SKIP() << "dcm2niix is not installed; scripts/setup.sh installs it";
  }

  /// The volume that dcm2niix writes whose name ends so.
  Volume theirs(const std::string& folder, const std::string& ending) {
    fs::create_directories(scratch_ / "theirs");
    const Outcome outcome = Process("/usr/bin/env", {"dcm2niix", "-z", "n", "-b", "n", "-p", "n", "-f", "v_%s", "-o",
                                                     file("theirs"), folder})
                                .wait();
    EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
    for (const auto& entry : fs::directory_iterator(scratch_ / "theirs")) {
      const std::string name = entry.path().filename();
      if (name.size() >= ending.size() && name.compare(name.size() - ending.size(), ending.size(), ending) == 0)
        return read_volume(entry.path());
    }
    ADD_FAILURE() << "dcm2niix wrote no *" << ending << ": " << outcome.out;
    return {};
  }

  static void expect_same(const Volume& ours, const Volume& theirs) {
    const test::WorldDifference difference = test::compare_in_world(ours, theirs);
    EXPECT_TRUE(difference.same_count);
    EXPECT_LT(difference.place_mm, 5e-4);  // 1e-4 at most over real series: cosines in files have 6 digits
    EXPECT_EQ(difference.value, 0);
  }
};

TEST_F(AgainstDcm2niix, ClassicCtIsTheSame) {
  const std::string folder = testdata("dicom/ct_cmb_crc_crop");
  expect_same(converted(folder), theirs(folder, "v_3.nii"));
}

TEST_F(AgainstDcm2niix, CtWithLittlePixelsAndUncompressedIsTheSame) {
  fs::create_directories(scratch_ / "in");
  for (const auto& entry : fs::directory_iterator(testdata("dicom/pydicom"))) {
    if (entry.path().filename().string().rfind("CT5N_", 0) == 0) fs::copy(entry.path(), scratch_ / "in");
  }
  expect_same(converted(file("in")), theirs(file("in"), "v_5.nii"));
}

TEST_F(AgainstDcm2niix, EnhancedMrIsTheSame) {
  const std::string folder = testdata("dicom/mr_enhanced_crop");
  expect_same(converted(folder), theirs(folder, "v_5.nii"));
}

}  // namespace
}  // namespace voxprior
