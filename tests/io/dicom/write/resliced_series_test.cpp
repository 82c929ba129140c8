#include "io/dicom/write/resliced_series.h"

#include <cmath>
#include <limits>
#include <set>

#include "io/dicom/write/check_grid.h"
#include "tests/io/dicom/write/resliced_support.h"
#include "tests/io/dicom/write/series_support.h"
#include "tests/support/refusal.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::attribute;
using test::dicom_testdata;
using test::only_series;
using test::some_options;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::int64_t kFactor = 3;

struct ReslicedSeries : testing::Test {
  ReslicedSeries() { options.by = DerivedBy::reslicing; }

  /// Three slices for each of a volume of `folder`, to scratch/out.
  DerivedSeriesReport reslice(const fs::path& folder, std::size_t stack = 0) {
    source = only_series(folder);
    thick = read_dicom_volume(source, stack);
    thin = test::thin_slices_of(thick, kFactor);
    return write_resliced_series(scratch / "out", source, stack, thin, options);
  }
  /// The chest CT with something changed in each of its four files, which are in the order of their positions.
  fs::path changed_ct(const std::function<void(DcmDataset&, int)>& change) const {
    test::copy_changed(dicom_testdata("ct_cmb_crc_crop"), scratch / "in", change);
    return scratch / "in";
  }
  fs::path file(int number) const { return scratch / "out" / ("000" + std::to_string(number) + ".dcm"); }
  std::string of_file(int number, const DcmTagKey& tag) const { return attribute(file(number), tag); }

  test::ScratchFolder scratch;
  DicomSeries source;
  Volume thick, thin;
  DerivedSeriesOptions options = some_options();
};

struct ReslicedOfEverySeries : ReslicedSeries, testing::WithParamInterface<const char*> {};

TEST_P(ReslicedOfEverySeries, ComesBackOnItsGridToATenthOfAMicrometreAndToHalfAStep) {
  const std::size_t last = only_series(dicom_testdata(GetParam())).stacks.size() - 1;
  const DerivedSeriesReport report = reslice(dicom_testdata(GetParam()), last);
  const DicomSeries after = only_series(scratch / "out");
  ASSERT_EQ(after.stacks.size(), 1u);
  const Volume back = read_dicom_volume(after, 0);
  EXPECT_NO_THROW(check_same_grid("back", back.geometry, thin.geometry));
  EXPECT_EQ(report.saturated_voxels, 0);
  const std::size_t plane = thin.voxels.size() / static_cast<std::size_t>(thin.geometry.size[2]);
  for (std::size_t n = 0; n < thin.voxels.size(); ++n) {
    const DicomFrame& frame = after.stacks[0].frames[n / plane];
    ASSERT_NEAR(back.voxels[n], thin.voxels[n], frame.rescale_slope / 2 + 1e-3) << n;
  }
}

TEST_P(ReslicedOfEverySeries, JoinsTheStudyAsASeriesOfItsOwn) {
  reslice(dicom_testdata(GetParam()), only_series(dicom_testdata(GetParam())).stacks.size() - 1);
  const DicomSeries after = only_series(scratch / "out");
  EXPECT_EQ(after.study_uid, source.study_uid);
  EXPECT_EQ(after.frame_of_reference_uid, source.frame_of_reference_uid);
  EXPECT_EQ(after.sop_class_uid, source.sop_class_uid);
  EXPECT_NE(after.series_uid, source.series_uid);
  EXPECT_EQ(after.number / 100, source.number);
  EXPECT_THAT(after.description, HasSubstr("thin slices"));
  EXPECT_THAT(after.description, EndsWith(" - RESEARCH USE ONLY"));
  EXPECT_THAT(of_file(1, DCM_ImageType), StartsWith("DERIVED\\"));
  EXPECT_THAT(test::nested_attribute(file(1), DCM_DerivationDescription),
              StartsWith("voxprior 0.1.0: thin slices made of thick ones with model random (SHA-256 aaaa"));
  EXPECT_EQ(test::nested_attribute(file(1), DCM_SpatialLocationsPreserved), "NO");
  EXPECT_EQ(test::nested_attribute(file(1), DCM_ContributionDescription), "RESEARCH USE ONLY - not for diagnostic use");
}

TEST_P(ReslicedOfEverySeries, ARunRepeatedWritesTheSameBytes) {
  const std::size_t last = only_series(dicom_testdata(GetParam())).stacks.size() - 1;
  reslice(dicom_testdata(GetParam()), last);
  const std::string before = test::bytes_of(file(1));
  options.overwrite = Overwrite::yes;
  reslice(dicom_testdata(GetParam()), last);
  EXPECT_EQ(test::bytes_of(file(1)), before);
}

INSTANTIATE_TEST_SUITE_P(TestData, ReslicedOfEverySeries,
                         testing::Values("ct_cmb_crc_crop", "mr_enhanced_crop", "mr_enhanced_4d_crop"));

TEST_F(ReslicedSeries, ObliqueSlicesComeBackOnTheirGrid) {
  const double c = 0.8, s = 0.6;  // rows along x, columns turned by 37 degrees
  reslice(changed_ct([&](DcmDataset& dataset, int n) {
    char position[64];
    std::snprintf(position, sizeof position, "-100.5\\%.6f\\%.6f", 20 - 5 * s * n, -30 + 5 * c * n);
    dataset.putAndInsertString(DCM_ImagePositionPatient, position);
    dataset.putAndInsertString(DCM_ImageOrientationPatient, "1\\0\\0\\0\\0.8\\0.6");
  }));
  EXPECT_NEAR(thick.geometry.spacing_mm[2], 5, 1e-5);
  const Volume back = read_dicom_volume(only_series(scratch / "out"), 0);
  EXPECT_NO_THROW(check_same_grid("back", back.geometry, thin.geometry));
  EXPECT_EQ(of_file(1, DCM_SliceThickness).substr(0, 7), "1.66666");
}

TEST_F(ReslicedSeries, EachSliceTakesAfterTheNearestSourceAndHasANumberAndUidOfItsOwn) {
  reslice(changed_ct([](DcmDataset& dataset, int n) {
    dataset.putAndInsertString(DCM_AcquisitionTime, ("10000" + std::to_string(n)).c_str());
  }));
  std::vector<std::string> times, numbers;
  std::set<std::string> uids;
  for (int number = 1; number <= 9; ++number) {
    times.push_back(of_file(number, DCM_AcquisitionTime));
    numbers.push_back(of_file(number, DCM_InstanceNumber));
    uids.insert(of_file(number, DCM_SOPInstanceUID));
  }
  const std::string a = attribute(source.stacks[0].frames[0].file, DCM_AcquisitionTime),
                    b = attribute(source.stacks[0].frames[1].file, DCM_AcquisitionTime),
                    c = attribute(source.stacks[0].frames[2].file, DCM_AcquisitionTime);
  EXPECT_THAT(times, ElementsAre(a, a, a, b, b, b, c, c, c));
  EXPECT_EQ(uids.size(), 9u);
  EXPECT_EQ(std::set<std::string>(numbers.begin(), numbers.end()).size(), 9u);
}

/// SOPInstanceUIDs of SourceImageSequence.
std::vector<std::string> sources_named_in(const fs::path& file) {
  const auto loaded = load_dicom(file, PixelLoading::skip);
  std::vector<std::string> uids;
  DcmItem* item = nullptr;
  for (long n = 0; loaded->getDataset()->findAndGetSequenceItem(DCM_SourceImageSequence, item, n).good(); ++n) {
    OFString uid;
    item->findAndGetOFString(DCM_ReferencedSOPInstanceUID, uid);
    uids.push_back(uid.c_str());
  }
  return uids;
}

TEST_F(ReslicedSeries, NamesTheSourceSlicesThatItLiesBetween) {
  reslice(dicom_testdata("ct_cmb_crc_crop"));
  const auto& frames = source.stacks[0].frames;
  EXPECT_THAT(sources_named_in(file(1)), ElementsAre(frames[0].sop_instance_uid));
  EXPECT_THAT(sources_named_in(file(2)), ElementsAre(frames[0].sop_instance_uid));  // in its plane
  EXPECT_THAT(sources_named_in(file(3)), ElementsAre(frames[0].sop_instance_uid, frames[1].sop_instance_uid));
}

TEST_F(ReslicedSeries, CountsAndLocatesAsTheSourceDoes) {
  reslice(changed_ct([](DcmDataset& dataset, int n) {
    OFString z;
    dataset.findAndGetOFString(DCM_ImagePositionPatient, z, 2);
    const double z_mm = std::stod(z.c_str());
    dataset.putAndInsertString(DCM_SliceLocation, std::to_string(7 - z_mm).c_str());  // its own sign and zero
    dataset.putAndInsertString(DCM_InstanceNumber, std::to_string(1000 - static_cast<int>(z_mm * 10)).c_str());
    (void)n;
  }));
  for (int number = 1; number <= 9; ++number) {
    const double z_mm = thin.geometry.origin_mm[2] + thin.geometry.spacing_mm[2] * (number - 1);
    EXPECT_NEAR(std::stod(of_file(number, DCM_SliceLocation)), 7 - z_mm, 1e-4);
    EXPECT_EQ(of_file(number, DCM_InstanceNumber), std::to_string(13 - number));  // twelve slices, downwards
  }
  EXPECT_NEAR(std::stod(of_file(1, DCM_SpacingBetweenSlices)), 2.5 / 3, 1e-9);
  EXPECT_NEAR(std::stod(of_file(1, DCM_SliceThickness)), 2.5 / 3, 1e-9);
}

TEST_F(ReslicedSeries, ADistanceOrLocationThatTheSourceHasNotIsNotMadeUp) {
  reslice(changed_ct([](DcmDataset& dataset, int) {
    dataset.findAndDeleteElement(DCM_SpacingBetweenSlices);
    dataset.findAndDeleteElement(DCM_SliceLocation);
  }));
  EXPECT_FALSE(test::has_attribute(file(1), DCM_SpacingBetweenSlices));
  EXPECT_FALSE(test::has_attribute(file(1), DCM_SliceLocation));
}

TEST_F(ReslicedSeries, DropsWhatHeldOfTheSourceSliceAlone) {
  options.keep_private = true;
  reslice(changed_ct([](DcmDataset& dataset, int) {
    dataset.putAndInsertString(DcmTag(0x0011, 0x0010, EVR_LO), "VOXPRIOR TEST");
    dataset.putAndInsertString(DcmTag(0x0011, 0x1001, EVR_LO), "the position of this slice");
    dataset.putAndInsertString(DCM_NumberOfSeriesRelatedInstances, "4");
    dataset.putAndInsertString(DCM_ImagesInAcquisition, "4");
    const Float64 centre[3] = {1, 2, 3};
    dataset.putAndInsertFloat64Array(DCM_DataCollectionCenterPatient, centre, 3);
    const Uint8 bits[384] = {};
    dataset.putAndInsertUint16(DcmTag(0x6002, 0x0010, EVR_US), 48);
    dataset.putAndInsertUint8Array(DcmTag(0x6002, 0x3000, EVR_OB), bits, sizeof bits);
  }));
  for (const DcmTagKey& tag : {DcmTagKey(0x0011, 0x1001), DCM_NumberOfSeriesRelatedInstances, DCM_ImagesInAcquisition,
                               DCM_DataCollectionCenterPatient, DcmTagKey(0x6002, 0x3000)}) {
    EXPECT_FALSE(test::has_attribute(file(1), tag)) << tag.toString();
  }
  for (const DcmTagKey& tag : {DCM_PatientID, DCM_StudyDate, DCM_KVP, DCM_BitsStored, DCM_ManufacturerModelName}) {
    EXPECT_EQ(of_file(1, tag), attribute(source.stacks[0].frames[0].file, tag)) << tag.toString();
  }
}

TEST_F(ReslicedSeries, PaddingOfTheNearestSliceStaysPaddingAndNothingElseBecomesIt) {
  source = only_series(changed_ct([](DcmDataset& dataset, int) {
    dataset.putAndInsertSint16(DcmTag(DCM_PixelPaddingValue, EVR_SS), -2000);
    DcmElement* element = nullptr;
    Uint16* pixels = nullptr;
    if (dataset.findAndGetElement(DCM_PixelData, element).good() && element->getUint16Array(pixels).good())
      pixels[0] = static_cast<Uint16>(-2000);
  }));
  thick = read_dicom_volume(source, 0);
  thin = test::thin_slices_of(thick, kFactor);
  for (float& value : thin.voxels) value = -300;
  const DerivedSeriesReport report = write_resliced_series(scratch / "out", source, 0, thin, options);
  const Volume back = read_dicom_volume(only_series(scratch / "out"), 0);
  const std::size_t plane = thin.voxels.size() / 12;
  for (std::size_t n = 0; n < back.voxels.size(); ++n) {
    if (n % plane != 0) ASSERT_EQ(back.voxels[n], -300) << n;
  }
  EXPECT_LT(back.voxels[0], -1500);
  EXPECT_THAT(report.notices, ElementsAre("12 padding pixels kept as they were"));
}

TEST_F(ReslicedSeries, AnotherPlaceOfEqualVoxelsIsAnotherSeries) {
  const std::string first = reslice(dicom_testdata("ct_cmb_crc_crop")).series_uid;
  options.overwrite = Overwrite::yes;
  thin.geometry.origin_mm[2] += 0.25;
  EXPECT_NE(write_resliced_series(scratch / "out", source, 0, thin, options).series_uid, first);
}

TEST_F(ReslicedSeries, FramesOfAnEnhancedImageFollowEachOtherAsItsOwnAndNameTheFramesTheyLieBetween) {
  reslice(dicom_testdata("mr_enhanced_crop"));
  EXPECT_EQ(of_file(1, DCM_NumberOfFrames), "18");
  const auto loaded = load_dicom(file(1), PixelLoading::skip);
  DcmItem *groups = nullptr, *item = nullptr, *derived = nullptr;
  for (int n = 0; n < 18; ++n) {
    ASSERT_TRUE(loaded->getDataset()->findAndGetSequenceItem(DCM_PerFrameFunctionalGroupsSequence, groups, n).good());
    ASSERT_TRUE(groups->findAndGetSequenceItem(DCM_FrameContentSequence, item).good());
    Uint32 position = 0, index = 0;
    EXPECT_TRUE(item->findAndGetUint32(DCM_InStackPositionNumber, position).good());
    EXPECT_TRUE(
        item->findAndGetUint32(DCM_DimensionIndexValues, index, 1).good());  // the second dimension counts planes
    EXPECT_EQ(position, static_cast<Uint32>(n + 1));
    EXPECT_EQ(index, static_cast<Uint32>(n + 1));
    ASSERT_TRUE(groups->findAndGetSequenceItem(DCM_DerivationImageSequence, derived).good());
    ASSERT_TRUE(derived->findAndGetSequenceItem(DCM_SourceImageSequence, item).good());
    OFString frames;
    item->findAndGetOFStringArray(DCM_ReferencedFrameNumber, frames);
    if (n == 2) EXPECT_EQ(frames, "1\\2");
    if (n == 4) EXPECT_EQ(frames, "2");
  }
  EXPECT_NEAR(std::stod(test::nested_attribute(file(1), DCM_SliceThickness)), thin.geometry.spacing_mm[2], 1e-6);
}

TEST_F(ReslicedSeries, RefusesTiltedAndUnevenSlicesWithWhatToDo) {
  for (const auto& [folder, why] : {std::pair{dicom_testdata("ct_gantry_tilt_crop"), "voxprior convert --resample"},
                                    {changed_ct([](DcmDataset&dataset, int n) {
                                       if (n == 3)
                                         dataset.putAndInsertString(DCM_ImagePositionPatient,
                                                                    "-192.86248\\4.6095\\900");
                                     }),
                                     "not equally spaced"}}) {
    EXPECT_THAT(test::refusal(ExitCode::input,
                              [&, &folder = folder] {
                                source = only_series(folder);
                                DicomReadOptions reading;
                                reading.allow_gaps = true;
                                thin = test::thin_slices_of(read_dicom_volume(source, 0, reading), kFactor);
                                write_resliced_series(scratch / "out", source, 0, thin, options);
                              }),
                HasSubstr(why));
    EXPECT_FALSE(fs::exists(scratch / "out"));
  }
}

TEST_F(ReslicedSeries, RefusesOtherRowsAndVoxelsThatAreNoNumbersAndLeavesNothing) {
  source = only_series(dicom_testdata("ct_cmb_crc_crop"));
  thin = test::thin_slices_of(read_dicom_volume(source, 0), kFactor);
  Volume beside = thin, broken = thin, turned = thin;
  beside.geometry.origin_mm[0] += 2e-4;
  turned.geometry.lps_from_index[8] = -1;
  broken.voxels[7] = std::numeric_limits<float>::quiet_NaN();
  for (const Volume& other : {beside, turned})
    test::refusal(ExitCode::input, [&] { write_resliced_series(scratch / "out", source, 0, other, options); });
  test::refusal(ExitCode::output, [&] { write_resliced_series(scratch / "out", source, 0, broken, options); });
  EXPECT_TRUE(scratch.names().empty());
}

}  // namespace
}  // namespace voxprior
