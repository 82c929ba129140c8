#include "io/dicom/find_series.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "tests/io/dicom/synthetic_image.h"
#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::SyntheticImage;
using test::write_image;
using test::write_series;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FindSeries : public testing::Test {
 protected:
  DicomSeries only_series() const {
    const std::vector<DicomSeries> found = find_dicom_series({scratch_.path()});
    EXPECT_EQ(found.size(), 1u);
    return found.empty() ? DicomSeries() : found.front();
  }

  /// Why images with one attribute changed are no volume.
  std::string objection(const DcmTagKey& tag, const std::string& value) const {
    write_series(scratch_.path(), 3, 2, [&](int, SyntheticImage& image) {
      if (tag == DCM_NumberOfFrames) image.stored.resize(24);  // as many pixels as it says
      image.more = {{tag, value}};
    });
    const DicomSeries series = only_series();
    EXPECT_FALSE(series.readable);
    EXPECT_THAT(series.stacks, IsEmpty());
    return series.problems.empty() ? "" : series.problems.front();
  }

  test::ScratchFolder scratch_;
};

TEST_F(FindSeries, TellsWhatTheHeadersSay) {
  write_series(scratch_.path(), 5, 2.5);
  const DicomSeries series = only_series();
  EXPECT_EQ(series.series_uid, "1.2.3");
  EXPECT_EQ(series.study_uid, "1.2");
  EXPECT_EQ(series.modality, "CT");
  EXPECT_EQ(series.number, 7);
  EXPECT_EQ(series.image_count, 5);
  EXPECT_EQ(series.sop_class_uid, UID_CTImageStorage);
  EXPECT_EQ(series.transfer_syntax_uid, UID_LittleEndianExplicitTransferSyntax);
  EXPECT_TRUE(series.readable);
  EXPECT_THAT(series.problems, IsEmpty());
  ASSERT_EQ(series.stacks.size(), 1u);
  EXPECT_THAT(series.stacks[0].geometry.size, ElementsAre(4, 3, 5));
  EXPECT_THAT(series.stacks[0].geometry.spacing_mm, ElementsAre(0.5, 0.75, 2.5));
  EXPECT_EQ(series.stacks[0].frames[0].sop_instance_uid, "1.2.3.104");
  EXPECT_EQ(series.stacks[0].frames[0].rescale_intercept, -1024);
}

TEST_F(FindSeries, FoldersAreSearchedDeepAndSeriesAreNeverMerged) {
  write_series(scratch_ / "a", 3, 2);
  write_series(scratch_ / "a" / "b" / "c", 4, 2, [](int, SyntheticImage& image) {
    image.series_uid = "1.2.4";
    image.uid += ".4";
  });
  const std::vector<DicomSeries> found = find_dicom_series({scratch_.path()});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].stacks.at(0).frames.size(), 3u);
  EXPECT_EQ(found[1].stacks.at(0).frames.size(), 4u);
}

TEST_F(FindSeries, WhatIsNoDicomIsCountedAndWhatIsDamagedIsNamed) {
  write_series(scratch_.path(), 4, 2);
  test::put_bytes(scratch_ / "README.txt", "no image");
  test::put_bytes(scratch_ / "empty", "");
  const std::string bytes = test::bytes_of(scratch_ / "image2");
  test::put_bytes(scratch_ / "image2", bytes.substr(0, bytes.size() - 10));
  const DicomSurvey survey = survey_dicom({scratch_.path()});
  EXPECT_EQ(survey.not_dicom, 2);
  EXPECT_THAT(survey.unreadable, ElementsAre(HasSubstr("image2")));
  EXPECT_THAT(survey.series.at(0).stacks.at(0).irregular, HasSubstr("not equally spaced"));

  const DicomSeries last = find_dicom_series({scratch_.path()}).back();
  EXPECT_EQ(last.series_uid, "");
  EXPECT_FALSE(last.readable);
  EXPECT_THAT(last.problems, ElementsAre(HasSubstr("image2")));
}

TEST_F(FindSeries, CopiesOfAFileAreLeftOut) {
  write_series(scratch_.path(), 4, 2);
  fs::copy(scratch_ / "image1", scratch_ / "copy");
  const DicomSeries series = only_series();
  EXPECT_EQ(series.stacks.at(0).frames.size(), 4u);
  EXPECT_THAT(series.problems, ElementsAre(HasSubstr("1 file is a copy")));
}

TEST_F(FindSeries, OneInstanceInTwoVersionsIsRefused) {
  write_series(scratch_.path(), 4, 2);
  SyntheticImage other;
  other.uid = "1.2.3.101";
  other.stored[5] = 77;
  write_image(scratch_ / "other", other);
  const DicomSeries series = only_series();
  EXPECT_FALSE(series.readable);
  EXPECT_THAT(series.problems, ElementsAre(HasSubstr("have one SOPInstanceUID but differ")));
}

TEST_F(FindSeries, TwoImagesAtOnePositionAreRefused) {
  write_series(scratch_.path(), 4, 2);
  SyntheticImage other;
  other.uid = "1.2.3.999";
  write_image(scratch_ / "other", other);
  const DicomSeries series = only_series();
  EXPECT_FALSE(series.readable);
  EXPECT_THAT(series.problems, ElementsAre(HasSubstr("several images at one position")));
}

TEST_F(FindSeries, RefusesByNameWhatIsNoVolume) {
  EXPECT_THAT(objection(DCM_SOPClassUID, UID_SecondaryCaptureImageStorage), HasSubstr("SecondaryCapture"));
  EXPECT_THAT(objection(DCM_SOPClassUID, UID_RTStructureSetStorage), HasSubstr("RTStructureSet"));
  EXPECT_THAT(objection(DCM_Modality, "PT"), HasSubstr("modality PT: only MR and CT are read"));
  EXPECT_THAT(objection(DCM_ImageType, "ORIGINAL\\PRIMARY\\LOCALIZER"), HasSubstr("localiser"));
  EXPECT_THAT(objection(DCM_ImageType, "ORIGINAL\\PRIMARY\\M\\ND\\MOSAIC"), HasSubstr("Siemens mosaic"));
  EXPECT_THAT(objection(DCM_PhotometricInterpretation, "PALETTE COLOR"), HasSubstr("PALETTE COLOR"));
  EXPECT_THAT(objection(DCM_PhotometricInterpretation, "MONOCHROME1"), HasSubstr("Hounsfield units is unclear"));
  EXPECT_THAT(objection(DCM_NumberOfFrames, "2"), HasSubstr("several frames"));
}

TEST_F(FindSeries, RefusesGeometryThatIsMissingOrMakesNoSense) {
  EXPECT_THAT(objection(DCM_ImagePositionPatient, ""), HasSubstr("3 images left out: no ImagePositionPatient"));
  EXPECT_THAT(objection(DCM_ImagePositionPatient, "1\\nan\\2"), HasSubstr("no ImagePositionPatient"));
  EXPECT_THAT(objection(DCM_ImageOrientationPatient, ""), HasSubstr("no ImageOrientationPatient"));
  EXPECT_THAT(objection(DCM_ImageOrientationPatient, "1\\0\\0\\1\\0\\0"), HasSubstr("perpendicular"));
  EXPECT_THAT(objection(DCM_ImageOrientationPatient, "2\\0\\0\\0\\2\\0"), HasSubstr("unit vectors"));
  EXPECT_THAT(objection(DCM_PixelSpacing, "0\\1"), HasSubstr("PixelSpacing is not positive"));
  EXPECT_THAT(objection(DCM_PixelSpacing, ""), HasSubstr("no PixelSpacing"));
  EXPECT_THAT(objection(DCM_PixelSpacing, "1\\-1"), HasSubstr("PixelSpacing is not positive"));
  EXPECT_THAT(objection(DCM_PixelSpacing, "nan\\1"), HasSubstr("PixelSpacing"));
  EXPECT_THAT(objection(DCM_RescaleSlope, "0"), HasSubstr("RescaleSlope is 0"));
  EXPECT_THAT(objection(DCM_ImagePositionPatient, "1\\2\\3"), HasSubstr("several images at one position"));
}

TEST_F(FindSeries, ASliceThatStandsAloneIsNoVolume) {
  write_series(scratch_.path(), 1, 2);
  const DicomSeries series = only_series();
  EXPECT_FALSE(series.readable);
  EXPECT_THAT(series.problems, ElementsAre(HasSubstr("image0\" stands alone")));
}

TEST_F(FindSeries, NamesThatLeadNowhereAreRefused) {
  const std::string message = test::refusal(ExitCode::input, [&] { find_dicom_series({scratch_ / "missing"}); });
  EXPECT_THAT(message, HasSubstr("no such file or folder"));
  EXPECT_THAT(find_dicom_series({scratch_.path()}), IsEmpty());
}

// Records of a DICOMDIR as PS3.3 F.3 has them, with no more than what is read.
void write_dicomdir(const fs::path& path, const std::vector<std::string>& file_ids) {
  DcmFileFormat file;
  file.getDataset()->putAndInsertString(DCM_FileSetID, "SET");
  for (const std::string& id : file_ids) {
    DcmItem* record = nullptr;
    ASSERT_TRUE(file.getDataset()->findOrCreateSequenceItem(DCM_DirectoryRecordSequence, record, -2).good());
    record->putAndInsertString(DCM_DirectoryRecordType, "IMAGE");
    record->putAndInsertString(DCM_ReferencedFileID, id.c_str());
  }
  DcmMetaInfo& meta = *file.getMetaInfo();
  meta.putAndInsertString(DCM_MediaStorageSOPClassUID, UID_MediaStorageDirectoryStorage);
  meta.putAndInsertString(DCM_MediaStorageSOPInstanceUID, "1.2.9");
  meta.putAndInsertString(DCM_TransferSyntaxUID, UID_LittleEndianExplicitTransferSyntax);
  ASSERT_TRUE(file.saveFile(OFFilename(path.c_str()), EXS_LittleEndianExplicit, EET_ExplicitLength, EGL_recalcGL,
                            EPD_noChange, 0, 0, EWM_dontUpdateMeta)
                  .good());
}

TEST_F(FindSeries, ADicomdirStandsForTheFilesItNames) {
  write_series(scratch_ / "IMAGES" / "S1", 5, 2);
  write_dicomdir(scratch_ / "DICOMDIR", {"IMAGES\\S1\\image0", "IMAGES\\S1\\image1", "IMAGES\\S1\\image2"});
  const std::vector<DicomSeries> named = find_dicom_series({scratch_ / "DICOMDIR"});
  ASSERT_EQ(named.size(), 1u);
  EXPECT_EQ(named[0].stacks.at(0).frames.size(), 3u);
  // In a folder it is passed over: all five are found, and nothing else.
  EXPECT_EQ(only_series().stacks.at(0).frames.size(), 5u);
}

TEST_F(FindSeries, ADicomdirLeadsToNothingMissingAndNothingOutside) {
  write_series(scratch_ / "IMAGES", 3, 2);
  fs::create_directories(scratch_ / "DISK");
  write_dicomdir(scratch_ / "DISK" / "DICOMDIR", {"..\\IMAGES\\image0"});
  EXPECT_THAT(test::refusal(ExitCode::input, [&] { find_dicom_series({scratch_ / "DISK" / "DICOMDIR"}); }),
              HasSubstr("outside of its folder"));
  write_dicomdir(scratch_ / "DICOMDIR", {"IMAGES\\image7"});
  EXPECT_THAT(test::refusal(ExitCode::input, [&] { find_dicom_series({scratch_ / "DICOMDIR"}); }),
              HasSubstr("image7, which is not there"));
}

}  // namespace
}  // namespace voxprior
