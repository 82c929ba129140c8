#include "io/dicom/write/derived_series.h"

#include <cmath>
#include <limits>

#include "io/dicom/write/research_series.h"
#include "tests/io/dicom/write/series_support.h"
#include "tests/support/awkward_volume.h"
#include "tests/support/refusal.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::attribute;
using test::dicom_testdata;
using test::nested_attribute;
using test::only_series;
using test::some_options;
using test::stored_values;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

struct DerivedSeries : testing::Test {
  /// Writes a volume of `folder` with every voxel changed by `change` to scratch/out.
  DerivedSeriesReport derive(const fs::path& folder, std::size_t stack = 0, float change = 0) {
    source = only_series(folder);
    Volume volume = read_dicom_volume(source, stack);
    for (float& value : volume.voxels) value += change;
    return write_derived_series(scratch / "out", source, stack, volume, options);
  }
  DicomSeries derived() const { return only_series(scratch / "out"); }
  fs::path first_file() const { return scratch / "out" / "0001.dcm"; }

  test::ScratchFolder scratch;
  DicomSeries source;
  DerivedSeriesOptions options = some_options();
};

struct OfEverySeries : DerivedSeries, testing::WithParamInterface<const char*> {};

TEST_P(OfEverySeries, UnchangedVoxelsComeBackBitForBitInTheSamePlaces) {
  const DicomSeries all = only_series(dicom_testdata(GetParam()));
  for (std::size_t stack = 0; stack < all.stacks.size(); ++stack) {
    options.overwrite = Overwrite::yes;
    const DerivedSeriesReport report = derive(dicom_testdata(GetParam()), stack);
    const DicomSeries after = derived();
    ASSERT_EQ(after.stacks.size(), 1u);
    const DicomStack &a = source.stacks[stack], &b = after.stacks[0];
    EXPECT_EQ(stored_values(b), stored_values(a));
    EXPECT_EQ(report.saturated_voxels, 0);
    ASSERT_EQ(b.frames.size(), a.frames.size());
    for (std::size_t n = 0; n < a.frames.size(); ++n) {
      EXPECT_EQ(b.frames[n].position_mm, a.frames[n].position_mm);
      EXPECT_EQ(b.frames[n].rescale_slope, a.frames[n].rescale_slope);
      EXPECT_EQ(b.frames[n].rescale_intercept, a.frames[n].rescale_intercept);
      EXPECT_NE(b.frames[n].sop_instance_uid, a.frames[n].sop_instance_uid);
    }
    EXPECT_EQ(b.geometry.lps_from_index, a.geometry.lps_from_index);
    EXPECT_EQ(b.geometry.spacing_mm, a.geometry.spacing_mm);
    EXPECT_EQ(b.sheared, a.sheared);
  }
}

TEST_P(OfEverySeries, JoinsTheStudyAsAnotherSeriesOfTheSameKind) {
  derive(dicom_testdata(GetParam()));
  const DicomSeries after = derived();
  EXPECT_EQ(after.study_uid, source.study_uid);
  EXPECT_EQ(after.frame_of_reference_uid, source.frame_of_reference_uid);
  EXPECT_EQ(after.sop_class_uid, source.sop_class_uid);
  EXPECT_EQ(after.modality, source.modality);
  EXPECT_NE(after.series_uid, source.series_uid);
  EXPECT_EQ(after.number, 100 * source.number + 1);
  EXPECT_THAT(after.description, EndsWith(" - RESEARCH USE ONLY"));
  EXPECT_THAT(attribute(first_file(), DCM_ImageType), StartsWith("DERIVED\\"));
}

TEST_P(OfEverySeries, SaysWhatItWasMadeOfAndHow) {
  derive(dicom_testdata(GetParam()));
  const fs::path file = first_file();
  const std::string how = nested_attribute(file, DCM_DerivationDescription);
  EXPECT_THAT(how, StartsWith("voxprior 0."));
  EXPECT_THAT(how, HasSubstr("model random (SHA-256 " + std::string(64, 'a') + "); noise rician, sigma 1.5"));
  EXPECT_EQ(nested_attribute(file, DCM_ReferencedSOPInstanceUID).empty(), false);
  EXPECT_EQ(nested_attribute(file, DCM_SpatialLocationsPreserved), "YES");
  EXPECT_EQ(nested_attribute(file, DCM_ContributionDescription), "RESEARCH USE ONLY - not for diagnostic use");
  EXPECT_TRUE(test::has_attribute(file, DCM_SourceImageSequence));
}

TEST_P(OfEverySeries, ARunRepeatedWritesTheSameBytes) {
  derive(dicom_testdata(GetParam()), 0, 3);
  const std::string before = test::bytes_of(first_file());
  options.overwrite = Overwrite::yes;
  derive(dicom_testdata(GetParam()), 0, 3);
  EXPECT_EQ(test::bytes_of(first_file()), before);
}

TEST_P(OfEverySeries, FilesBeginWithNothingButZeros) {
  derive(dicom_testdata(GetParam()));
  EXPECT_EQ(test::bytes_of(first_file()).substr(0, 132), std::string(128, '\0') + "DICM");
}

INSTANTIATE_TEST_SUITE_P(TestData, OfEverySeries,
                         testing::Values("ct_cmb_crc_crop", "ct_gantry_tilt_crop", "mr_enhanced_crop",
                                         "mr_enhanced_4d_crop"));

/// A source of one file in any transfer syntax, put together by hand: it would not pass for a volume.
DicomSeries one_file_series(const fs::path& file) {
  const std::unique_ptr<DcmFileFormat> loaded = load_dicom(file, PixelLoading::load);
  const FramePixels pixels = decode_frame(*loaded, 0, file);
  DicomSeries series;
  series.modality = "MR";
  series.series_uid = attribute(file, DCM_SeriesInstanceUID);
  DicomStack stack;
  stack.frames = {{file, 0, attribute(file, DCM_SOPInstanceUID)}};
  stack.geometry.size = {pixels.columns, pixels.rows, 1};
  series.stacks = {stack};
  return series;
}

struct OfEverySyntax : DerivedSeries, testing::WithParamInterface<const char*> {};

TEST_P(OfEverySyntax, ComesOutAsExplicitLittleEndianWithTheSameStoredValues) {
  source = one_file_series(dicom_testdata("pydicom") / GetParam());
  Volume volume;
  volume.geometry = source.stacks[0].geometry;
  const auto planes = stored_values(source.stacks[0]);
  volume.voxels.assign(planes[0].begin(), planes[0].end());
  write_derived_series(scratch / "out", source, 0, volume, options);
  const DicomSeries after = one_file_series(first_file());
  EXPECT_EQ(stored_values(after.stacks[0]), stored_values(source.stacks[0]));
  EXPECT_EQ(load_dicom(first_file(), PixelLoading::load)->getDataset()->getOriginalXfer(), EXS_LittleEndianExplicit);
}

INSTANTIATE_TEST_SUITE_P(TestData, OfEverySyntax,
                         testing::Values("MR_small.dcm", "MR_small_implicit.dcm", "MR_small_bigendian.dcm",
                                         "MR_small_RLE.dcm", "MR_small_jp2klossless.dcm",
                                         "MR_small_jpeg_ls_lossless.dcm", "MR_small_padded.dcm", "CT_small.dcm"));

TEST_F(DerivedSeries, LossyPixelsStayMarkedAsLossy) {
  source = one_file_series(dicom_testdata("pydicom") / "JPEG-lossy.dcm");
  Volume volume;
  volume.geometry = source.stacks[0].geometry;
  volume.voxels.assign(static_cast<std::size_t>(volume.geometry.voxel_count()), 0);
  write_derived_series(scratch / "out", source, 0, volume, options);
  EXPECT_EQ(attribute(first_file(), DCM_LossyImageCompression), "01");
}

TEST_F(DerivedSeries, KeepsWhatIsKnownOfThePatientAndDropsPrivateGroups) {
  const fs::path folder = dicom_testdata("ct_cmb_crc_crop");
  derive(folder);
  for (const DcmTagKey& tag : {DCM_PatientID, DCM_StudyDate, DCM_KVP, DCM_ImagePositionPatient, DCM_RescaleIntercept,
                               DCM_BitsStored, DCM_AcquisitionDate, DCM_InstanceNumber}) {
    EXPECT_EQ(attribute(first_file(), tag), attribute(source.stacks[0].frames[0].file, tag)) << tag.toString();
  }
  EXPECT_FALSE(test::has_attribute(first_file(), DcmTagKey(0x0009, 0x0010)));
}

TEST_F(DerivedSeries, KeepsPrivateGroupsWhereAsked) {
  test::copy_changed(dicom_testdata("ct_cmb_crc_crop"), scratch / "in", [](DcmDataset& dataset, int) {
    dataset.putAndInsertString(DcmTag(0x0011, 0x0010, EVR_LO), "VOXPRIOR TEST");
    dataset.putAndInsertString(DcmTag(0x0011, 0x1001, EVR_LO), "a secret");
  });
  derive(scratch / "in");
  EXPECT_EQ(attribute(first_file(), DcmTagKey(0x0011, 0x1001)), "");
  options.overwrite = Overwrite::yes;
  options.keep_private = true;
  derive(scratch / "in");
  EXPECT_EQ(attribute(first_file(), DcmTagKey(0x0011, 0x1001)), "a secret");
}

TEST_F(DerivedSeries, PathsCommandsAndLineBreaksInTheSourceNameNoFile) {
  test::copy_changed(dicom_testdata("ct_cmb_crc_crop"), scratch / "in", [](DcmDataset& dataset, int) {
    dataset.putAndInsertString(DCM_SeriesInstanceUID, "1.2.3/../../../evil");
    dataset.putAndInsertString(DCM_PatientID, "../../evil");
    dataset.putAndInsertString(DCM_PatientName, "$(touch evil)");
    dataset.putAndInsertString(DCM_SeriesDescription, "../../evil\n\033[31mevil");
  });
  derive(scratch / "in");
  EXPECT_EQ(source.description.find_first_of("\n\033"), std::string::npos) << source.description;
  std::vector<std::string> written;
  for (const auto& entry : fs::recursive_directory_iterator(scratch.path())) {
    const fs::path name = entry.path().lexically_relative(scratch.path());
    if (*name.begin() != "in") written.push_back(name.string());
  }
  std::vector<std::string> expected{"out"};
  for (std::size_t n = 1; n <= source.stacks[0].frames.size(); ++n)
    expected.push_back("out/000" + std::to_string(n) + ".dcm");
  EXPECT_THAT(written, testing::UnorderedElementsAreArray(expected));
}

TEST_F(DerivedSeries, DropsWhatNoLongerHolds) {
  test::copy_changed(dicom_testdata("ct_cmb_crc_crop"), scratch / "in", [](DcmDataset& dataset, int) {
    dataset.putAndInsertUint16(DCM_SmallestImagePixelValue, 1);
    dataset.putAndInsertUint16(DCM_LargestImagePixelValue, 2);
    DcmItem* icon = nullptr;
    dataset.findOrCreateSequenceItem(DCM_IconImageSequence, icon, -2);
    dataset.putAndInsertUint16(DcmTag(0x6000, 0x0010, EVR_US), 48);  // an overlay in bits of the pixels
    dataset.putAndInsertUint16(DcmTag(0x6002, 0x0010, EVR_US), 48);  // an overlay of its own
    const Uint8 bits[384] = {};
    dataset.putAndInsertUint8Array(DcmTag(0x6002, 0x3000, EVR_OB), bits, sizeof bits);
  });
  derive(scratch / "in");
  for (const DcmTagKey& tag :
       {DCM_SmallestImagePixelValue, DCM_LargestImagePixelValue, DCM_IconImageSequence, DcmTagKey(0x6000, 0x0010)}) {
    EXPECT_FALSE(test::has_attribute(first_file(), tag)) << tag.toString();
  }
  EXPECT_TRUE(test::has_attribute(first_file(), DcmTagKey(0x6002, 0x3000)));
}

TEST_F(DerivedSeries, EverySliceIsQuantisedWithItsOwnSlope) {
  test::copy_changed(dicom_testdata("ct_cmb_crc_crop"), scratch / "in", [](DcmDataset& dataset, int n) {
    dataset.putAndInsertString(DCM_RescaleSlope, n == 0 ? "1" : n == 1 ? "0.5" : n == 2 ? "2.25" : "1.3");
    dataset.putAndInsertString(DCM_RescaleIntercept, n == 0 ? "-1024" : "-7.5");
    dataset.findAndDeleteElement(DCM_PixelPaddingValue);
  });
  derive(scratch / "in", 0, 4.5);
  const Volume before = read_dicom_volume(source, 0), after = read_dicom_volume(derived(), 0);
  const std::size_t plane = 64 * 48;
  for (std::size_t n = 0; n < before.voxels.size(); ++n) {
    const double half_step = source.stacks[0].frames[n / plane].rescale_slope / 2;
    ASSERT_NEAR(after.voxels[n], before.voxels[n] + 4.5, half_step + 1e-3);
  }
}

TEST_F(DerivedSeries, MonochromeOneStaysSoAndReadsTheSame) {
  write_research_series(scratch / "mr", test::awkward_volume(), {});
  test::copy_changed(scratch / "mr", scratch / "in", [](DcmDataset& dataset, int) {
    dataset.putAndInsertString(DCM_PhotometricInterpretation, "MONOCHROME1");
  });
  derive(scratch / "in", 0, 10);
  EXPECT_EQ(attribute(first_file(), DCM_PhotometricInterpretation), "MONOCHROME1");
  const Volume before = read_dicom_volume(source, 0), after = read_dicom_volume(derived(), 0);
  for (std::size_t n = 0; n < before.voxels.size(); ++n) ASSERT_EQ(after.voxels[n], before.voxels[n] + 10);
  const auto stored_before = stored_values(source.stacks[0]), stored_after = stored_values(derived().stacks[0]);
  EXPECT_EQ(stored_after[0][0], stored_before[0][0] - 10);
}

TEST_F(DerivedSeries, ValuesBeyondTheStoredBitsAreSaturatedAndCounted) {
  const DerivedSeriesReport report = derive(dicom_testdata("mr_enhanced_crop"), 0, 1e9F);
  EXPECT_EQ(report.saturated_voxels, 48 * 40 * 6);
  const std::vector<std::vector<std::int32_t>> stored = stored_values(derived().stacks[0]);
  EXPECT_THAT(stored[0], testing::Each(stored[0][0]));
  EXPECT_EQ(stored[0][0], 4095);
}

TEST_F(DerivedSeries, MultiFrameFileHoldsTheFramesOfItsVolumeAlone) {
  const DerivedSeriesReport report = derive(dicom_testdata("mr_enhanced_4d_crop"), 1);
  EXPECT_EQ(report.files, 1);
  EXPECT_EQ(attribute(first_file(), DCM_NumberOfFrames), "6");
  EXPECT_EQ(derived().number, 100 * source.number + 2);
  EXPECT_EQ(nested_attribute(first_file(), DCM_FrameType), "DERIVED\\PRIMARY\\T1\\M");
}

TEST_F(DerivedSeries, EveryFrameNamesTheFrameItWasMadeOf) {
  derive(dicom_testdata("mr_enhanced_4d_crop"), 1);
  const auto file = load_dicom(first_file(), PixelLoading::load);
  for (int n = 0; n < 6; ++n) {
    DcmItem *frame = nullptr, *derivation = nullptr, *reference = nullptr;
    ASSERT_TRUE(file->getDataset()->findAndGetSequenceItem(DCM_PerFrameFunctionalGroupsSequence, frame, n).good());
    ASSERT_TRUE(frame->findAndGetSequenceItem(DCM_DerivationImageSequence, derivation).good());
    ASSERT_TRUE(derivation->findAndGetSequenceItem(DCM_SourceImageSequence, reference).good());
    OFString number;
    reference->findAndGetOFString(DCM_ReferencedFrameNumber, number);
    EXPECT_EQ(std::stoi(number.c_str()), source.stacks[1].frames[n].frame + 1);
  }
}

TEST_F(DerivedSeries, TimesAreThoseGivenInTheZoneOfTheStudy) {
  test::copy_changed(dicom_testdata("ct_cmb_crc_crop"), scratch / "in",
                     [](DcmDataset& dataset, int) { dataset.putAndInsertString(DCM_TimezoneOffsetFromUTC, "-0330"); });
  derive(scratch / "in");  // 1700000000 is 2023-11-14 22:13:20 UTC
  EXPECT_EQ(attribute(first_file(), DCM_ContentDate), "20231114");
  EXPECT_EQ(attribute(first_file(), DCM_ContentTime), "184320");
  EXPECT_EQ(nested_attribute(first_file(), DCM_ContributionDateTime), "20231114184320-0330");
}

TEST_F(DerivedSeries, SyntheticSourcesGiveSyntheticSeries) {
  test::copy_changed(dicom_testdata("ct_cmb_crc_crop"), scratch / "in", [](DcmDataset& dataset, int) {
    dataset.putAndInsertString(DcmTag(DcmTagKey(0x0008, 0x001c), EVR_CS), "YES");
  });
  derive(scratch / "in");
  EXPECT_EQ(attribute(first_file(), DcmTagKey(0x0008, 0x001c)), "YES");
}

TEST_F(DerivedSeries, RefusesOtherGridsAndVoxelsThatAreNoNumbersAndLeavesNothing) {
  source = only_series(dicom_testdata("ct_cmb_crc_crop"));
  const Volume volume = read_dicom_volume(source, 0);
  Volume shifted = volume, broken = volume;
  shifted.geometry.origin_mm[2] += 2e-4;
  broken.voxels[7] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(
      test::refusal(ExitCode::input, [&] { write_derived_series(scratch / "out", source, 0, shifted, options); }),
      HasSubstr("mm"));
  test::refusal(ExitCode::output, [&] { write_derived_series(scratch / "out", source, 0, broken, options); });
  EXPECT_TRUE(scratch.names().empty());
  shifted.geometry.origin_mm[2] -= 1.5e-4;
  write_derived_series(scratch / "out", source, 0, shifted, options);
}

TEST_F(DerivedSeries, ASourceFileThatWentAwayLeavesNothing) {
  test::copy_changed(dicom_testdata("ct_cmb_crc_crop"), scratch / "in", [](DcmDataset&, int) {});
  source = only_series(scratch / "in");
  const Volume volume = read_dicom_volume(source, 0);
  fs::remove(source.stacks[0].frames.back().file);
  test::refusal(ExitCode::input, [&] { write_derived_series(scratch / "out", source, 0, volume, options); });
  EXPECT_EQ(scratch.names(), std::set<std::string>{"in"});
}

}  // namespace
}  // namespace voxprior
