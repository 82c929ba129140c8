// What we write, judged by the validators of dicom3tools. Skipped where they are not installed (scripts/setup.sh does).
#include <algorithm>
#include <cstdio>
#include <set>
#include <sstream>

#include "io/dicom/write/derived_series.h"
#include "io/dicom/write/research_series.h"
#include "io/dicom/write/resliced_series.h"
#include "tests/io/dicom/write/resliced_support.h"
#include "tests/io/dicom/write/series_support.h"
#include "tests/support/awkward_volume.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using Lines = std::set<std::string>;

/// The lines that a shell command prints on either stream.
std::vector<std::string> output_of(const std::string& command) {
  std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen((command + " 2>&1").c_str(), "r"), pclose);
  if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
  std::string text;
  char block[4096];
  for (std::size_t count; (count = fread(block, 1, sizeof block, pipe.get())) > 0;) text.append(block, count);
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool installed(const std::string& tool) { return !output_of("command -v " + tool).empty(); }

bool starts_with(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

/// What dciodvfy calls an error in the files of a folder. It exits with 0 after some errors, so that only its lines
/// count.
Lines errors_in(const fs::path& folder) {
  Lines errors;
  for (const auto& entry : fs::directory_iterator(folder)) {
    for (const std::string& line : output_of("dciodvfy '" + entry.path().string() + "'")) {
      if (starts_with(line, "Error")) errors.insert(line);
    }
  }
  return errors;
}

Lines new_errors(const fs::path& source, const fs::path& derived) {
  const Lines before = errors_in(source);
  Lines added;
  for (const std::string& line : errors_in(derived)) {
    if (before.count(line) == 0) added.insert(line);
  }
  return added;
}

struct Validators : testing::Test {
  void SetUp() override {
    if (!installed("dciodvfy") || !installed("dcentvfy")) GTEST_SKIP() << "dicom3tools is not installed";
  }
  test::ScratchFolder scratch;
};

struct DerivedSeriesAreValid : Validators, testing::WithParamInterface<const char*> {};

TEST_P(DerivedSeriesAreValid, NoErrorThatTheSourceHasNot) {
  const fs::path folder = test::dicom_testdata(GetParam());
  const DicomSeries source = test::only_series(folder);
  Volume volume = read_dicom_volume(source, source.stacks.size() - 1);
  for (float& value : volume.voxels) value = 0.75F * value + 3;
  for (const bool keep_private : {false, true}) {
    DerivedSeriesOptions options = test::some_options();
    options.keep_private = keep_private;
    options.overwrite = Overwrite::yes;
    write_derived_series(scratch / "out", source, source.stacks.size() - 1, volume, options);
    EXPECT_THAT(new_errors(folder, scratch / "out"), testing::IsEmpty());
    EXPECT_THAT(output_of("dcentvfy '" + folder.string() + "'/* '" + (scratch / "out").string() + "'/*"),
                testing::IsEmpty());
  }
}

INSTANTIATE_TEST_SUITE_P(TestData, DerivedSeriesAreValid,
                         testing::Values("ct_cmb_crc_crop", "ct_gantry_tilt_crop", "mr_enhanced_crop",
                                         "mr_enhanced_4d_crop"));

struct ReslicedSeriesAreValid : Validators, testing::WithParamInterface<const char*> {};

TEST_P(ReslicedSeriesAreValid, NoErrorThatTheSourceHasNot) {
  const fs::path folder = test::dicom_testdata(GetParam());
  const DicomSeries source = test::only_series(folder);
  const std::size_t last = source.stacks.size() - 1;
  const Volume thin = test::thin_slices_of(read_dicom_volume(source, last), 3);
  DerivedSeriesOptions options = test::some_options();
  options.by = DerivedBy::reslicing;
  write_resliced_series(scratch / "out", source, last, thin, options);
  EXPECT_THAT(new_errors(folder, scratch / "out"), testing::IsEmpty());
  EXPECT_THAT(output_of("dcentvfy '" + folder.string() + "'/* '" + (scratch / "out").string() + "'/*"),
              testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(TestData, ReslicedSeriesAreValid,
                         testing::Values("ct_cmb_crc_crop", "mr_enhanced_crop", "mr_enhanced_4d_crop"));

TEST_F(Validators, ResearchAndSyntheticSeriesHaveNoError) {
  for (const bool synthetic : {false, true}) {
    for (const Modality modality : {Modality::mr, Modality::ct}) {
      ResearchSeriesOptions options;
      options.modality = modality;
      options.synthetic = synthetic;
      options.created = 1700000000;
      options.overwrite = Overwrite::yes;
      write_research_series(scratch / "out", test::awkward_volume(), options);
      Lines errors = errors_in(scratch / "out");
      if (synthetic) {  // must say so by SyntheticData, which is newer than the dictionary of dciodvfy
        const auto unknown = std::find_if(errors.begin(), errors.end(), [](const std::string& line) {
          return line.find("not a recognized standard attribute - (0x0008,0x001c)") != std::string::npos;
        });
        ASSERT_NE(unknown, errors.end());
        errors.erase(unknown);
      }
      EXPECT_THAT(errors, testing::IsEmpty());
      EXPECT_THAT(output_of("dcentvfy '" + (scratch / "out").string() + "'/*"), testing::IsEmpty());
    }
  }
}

TEST_F(Validators, AnErrorOfOursWouldBeSeen) {
  const fs::path folder = test::dicom_testdata("ct_cmb_crc_crop");
  test::copy_changed(folder, scratch / "broken", [](DcmDataset& dataset, int) {
    dataset.putAndInsertString(DCM_ImageType, "DERIVED\\SECONDARY");  // a CT image needs a third value
  });
  EXPECT_THAT(new_errors(folder, scratch / "broken"), testing::Not(testing::IsEmpty()));
  test::copy_changed(folder, scratch / "other", [](DcmDataset& dataset, int) {
    dataset.putAndInsertString(DCM_PatientName, "SOMEBODY^ELSE");  // in the same study
    dataset.putAndInsertString(DCM_SOPInstanceUID, "1.2.3");
  });
  EXPECT_THAT(output_of("dcentvfy '" + folder.string() + "'/* '" + (scratch / "other").string() + "'/*"),
              testing::Not(testing::IsEmpty()));
}

}  // namespace
}  // namespace voxprior
